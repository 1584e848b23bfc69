// What a body can hold, and no more: the same things that the server stores as message segments.
import { Schema, type DOMOutputSpec } from "prosemirror-model";

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: (): DOMOutputSpec => ["p", 0] },
    quote: {
      group: "block",
      content: "paragraph+",
      defining: true,
      parseDOM: [{ tag: "blockquote" }],
      toDOM: (): DOMOutputSpec => ["blockquote", 0],
    },
    code: {
      group: "block",
      content: "text*",
      marks: "",
      code: true,
      defining: true,
      parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
      toDOM: (): DOMOutputSpec => ["pre", { spellcheck: "false" }, ["code", 0]],
    },
    bullets: { group: "block", content: "entry+", parseDOM: [{ tag: "ul" }], toDOM: (): DOMOutputSpec => ["ul", 0] },
    numbers: { group: "block", content: "entry+", parseDOM: [{ tag: "ol" }], toDOM: (): DOMOutputSpec => ["ol", 0] },
    entry: {
      content: "paragraph (bullets | numbers)*",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: (): DOMOutputSpec => ["li", 0],
    },
    text: { group: "inline" },
    mention: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { id: { default: "" }, name: { default: "" } },
      parseDOM: [{
        tag: "span[data-mention]",
        getAttrs: (dom) => ({ id: dom.dataset.mention ?? "", name: dom.dataset.name ?? "" }),
      }],
      toDOM: (node): DOMOutputSpec =>
        ["span", { class: "mention", "data-mention": node.attrs.id, "data-name": node.attrs.name }, `@${node.attrs.name}`],
      leafText: (node) => `@${node.attrs.name}`,
    },
    picture: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { id: { default: "" }, alt: { default: "" } },
      // Only what was sent before: pictures of other pages are not fetched.
      parseDOM: [{
        tag: "img[src^='/files/']",
        getAttrs: (dom) => ({ id: dom.getAttribute("src")!.slice(7), alt: dom.getAttribute("alt") ?? "" }),
      }],
      toDOM: (node): DOMOutputSpec => ["img", { class: "picture", src: `/files/${node.attrs.id}`, alt: node.attrs.alt }],
      leafText: (node) => `![${(node.attrs.alt as string).replace(/[[\]\\\n]/g, " ")}](/files/${node.attrs.id})`,
    },
    newline: {
      group: "inline",
      inline: true,
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: (): DOMOutputSpec => ["br"],
      leafText: () => "\n",
    },
  },
  marks: {
    link: {
      attrs: { url: { default: "" } },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (dom) => ({ url: dom.getAttribute("href") }) }],
      // No address: a click in what is being written sets the cursor.
      toDOM: (mark): DOMOutputSpec => ["a", { title: mark.attrs.url }, 0],
    },
    bold: {
      parseDOM: [{ tag: "strong" }, { tag: "b", getAttrs: (dom) => dom.style.fontWeight !== "normal" && null }],
      toDOM: (): DOMOutputSpec => ["b", 0],
    },
    italic: { parseDOM: [{ tag: "i" }, { tag: "em" }], toDOM: (): DOMOutputSpec => ["i", 0] },
    underline: { parseDOM: [{ tag: "u" }], toDOM: (): DOMOutputSpec => ["u", 0] },
    strike: { parseDOM: [{ tag: "s" }, { tag: "del" }], toDOM: (): DOMOutputSpec => ["s", 0] },
  },
});
