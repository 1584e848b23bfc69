// What is written, as the Chatter API's message segments and as plain text, and back.
import { Fragment, type Mark, type Node } from "prosemirror-model";
import { schema } from "./schema";

export interface Segment {
  type: string;
  text?: string;
  markupType?: string;
  id?: string;
  name?: string;
  url?: string;
  tag?: string;
  fileId?: string;
  altText?: string;
}

const BLOCKS: Record<string, string> = {
  paragraph: "Paragraph",
  quote: "Quote",
  code: "Code",
  bullets: "UnorderedList",
  numbers: "OrderedList",
  entry: "ListItem",
};
const MARKS: Record<string, string> = {
  link: "Hyperlink",
  bold: "Bold",
  italic: "Italic",
  underline: "Underline",
  strike: "Strikethrough",
};
const nodeOf = Object.fromEntries(Object.entries(BLOCKS).map(([ours, theirs]) => [theirs, ours]));
const markOf = Object.fromEntries(Object.entries(MARKS).map(([ours, theirs]) => [theirs, ours]));

/** The segments of a document: of lines without any markup one text, and of nothing none. */
export function toSegments(doc: Node): Segment[] {
  let rich = false;
  doc.descendants((node) => {
    rich ||= node.marks.length > 0 || (node.isBlock && node.type.name !== "paragraph");
    return !rich;
  });
  const out: Segment[] = [];
  doc.forEach((node, _, at) => {
    if (rich) return block(node, out);
    if (at) say(out, "\n");
    line(node, out);
  });
  return out.some((one) => one.type === "Mention" || one.type === "InlineImage" || one.text?.trim()) ? out : [];
}

function block(node: Node, out: Segment[]): void {
  const markupType = BLOCKS[node.type.name]!;
  // A paragraph in an entry or a quote says nothing more: its lines are theirs.
  out.push({ type: "MarkupBegin", markupType });
  if (node.type.name === "code") {
    out.push({ type: "Text", text: node.textContent || " " });
  } else if (node.inlineContent) {
    line(node, out);
  } else {
    node.forEach((inner, _, at) => {
      if (node.type.name === "entry" && at === 0) line(inner, out);
      else if (node.type.name === "quote") {
        if (at) say(out, "\n");
        line(inner, out);
      } else block(inner, out);
    });
  }
  out.push({ type: "MarkupEnd", markupType });
}

function line(node: Node, out: Segment[]): void {
  let open: readonly Mark[] = [];
  const shut = (to: number): void => {
    for (const mark of open.slice(to).reverse()) out.push({ type: "MarkupEnd", markupType: MARKS[mark.type.name]! });
    open = open.slice(0, to);
  };
  node.forEach((inner) => {
    // A link holds words alone.
    const marks = inner.isText ? inner.marks : inner.marks.filter((mark) => mark.type.name !== "link");
    let same = 0;
    while (same < open.length && same < marks.length && open[same]!.eq(marks[same]!)) same++;
    shut(same);
    for (const mark of marks.slice(same)) {
      const begin: Segment = { type: "MarkupBegin", markupType: MARKS[mark.type.name]! };
      if (mark.type.name === "link") begin.url = mark.attrs.url as string;
      out.push(begin);
    }
    open = marks;
    if (inner.type.name === "picture") out.push({ type: "InlineImage", fileId: inner.attrs.id as string, altText: inner.attrs.alt as string });
    else if (inner.type.name === "mention") out.push({ type: "Mention", id: inner.attrs.id as string });
    else say(out, inner.isText ? inner.text! : "\n");
  });
  shut(0);
}

function say(out: Segment[], text: string): void {
  const last = out[out.length - 1];
  if (last?.type === "Text") last.text += text;
  else out.push({ type: "Text", text });
}

const SIGNS: Record<string, string> = { bold: "**", italic: "*", underline: "__", strike: "~~" };

/** The same as it would be typed into a plain box, in light markup: so it is kept for where no script runs. */
export function toText(doc: Node): string {
  const out: string[] = [];
  const blocks = (parent: Node, indent: string, write: (line: string) => void): void => {
    let number = 0;
    parent.forEach((node, _, at) => {
      const before = at ? parent.child(at - 1) : null;
      if (before && parent.type.name === "doc" && (node.type.name !== "paragraph" || before.type.name !== "paragraph")) write("");
      switch (node.type.name) {
        case "paragraph":
          return light(node).split("\n").forEach((line) => write(line));
        case "code":
          return ["```", ...node.textContent.split("\n"), "```"].forEach((line) => write(line));
        case "quote":
          return blocks(node, "", (line) => write(`> ${line}`.trimEnd()));
        case "entry": {
          const sign = parent.type.name === "numbers" ? `${++number}. ` : "- ";
          light(node.firstChild!).split("\n").forEach((line, row) => write(indent + (row ? "  " : sign) + line));
          return node.forEach((inner, __, below) => below && blocks(inner, `${indent}  `, write));
        }
        default:
          return blocks(node, indent, write);
      }
    });
  };
  blocks(doc, "", (line) => out.push(line));
  return out.join("\n");
}

function light(node: Node): string {
  let text = "";
  node.forEach((inner) => {
    let said = inner.isText ? inner.text!.replace(/[`*]|__|~~/g, "\\$&") : inner.type.spec.leafText?.(inner) ?? "";
    if (inner.isText && said.trim()) {
      const [, first, words, last] = /^(\s*)([^]*?)(\s*)$/.exec(said)!;
      said = words!;
      for (const mark of [...inner.marks].reverse()) {
        said = mark.type.name === "link" ? `[${said}](<${mark.attrs.url}>)` : SIGNS[mark.type.name]! + said + SIGNS[mark.type.name]!;
      }
      said = first! + said + last!;
    }
    text += said;
  });
  return text;
}

/** How many characters there are. */
export function lengthOf(doc: Node): number {
  return [...doc.textBetween(0, doc.content.size, "\n", (leaf) => leaf.type.spec.leafText?.(leaf) ?? "")].length;
}

/** A document of the segments that this editor or another client wrote. */
export function fromSegments(segments: Segment[]): Node {
  interface Open { type: string; blocks: Node[]; inline: Node[]; marks: readonly Mark[] }
  const stack: Open[] = [{ type: "doc", blocks: [], inline: [], marks: [] }];
  const top = (): Open => stack[stack.length - 1]!;
  const settle = (): void => {
    const here = top();
    if (here.inline.length) here.blocks.push(schema.node("paragraph", null, here.inline.splice(0)));
  };
  const put = (node: Node): void => {
    top().inline.push(node);
  };
  for (const each of segments) {
    const marks = top().marks;
    switch (each.type) {
      case "MarkupBegin": {
        const mark = markOf[each.markupType ?? ""];
        if (mark) {
          top().marks = schema.mark(mark, mark === "link" ? { url: each.url ?? "" } : null).addToSet(marks);
        } else if (nodeOf[each.markupType ?? ""]) {
          const type = nodeOf[each.markupType!]!;
          settle();
          stack.push({ type, blocks: [], inline: [], marks: [] });
        }
        break;
      }
      case "MarkupEnd": {
        const mark = markOf[each.markupType ?? ""];
        if (mark) top().marks = marks.filter((one) => one.type.name !== mark);
        else if (stack.length > 1 && nodeOf[each.markupType ?? ""] === top().type) {
          const done = close(stack.pop()!);
          top().blocks.push(...done);
        }
        break;
      }
      case "Mention":
        put(schema.node("mention", { id: each.id ?? "", name: each.name ?? (each.text ?? "").replace(/^@/, "") }, undefined, marks));
        break;
      case "InlineImage":
        put(schema.node("picture", { id: each.fileId ?? "", alt: each.altText ?? "" }, undefined, marks));
        break;
      case "Link":
        put(schema.text(each.url || each.text || " ", marks));
        break;
      default: {
        const text = each.type === "Hashtag" ? hashtag(each.tag ?? "") : each.text ?? "";
        if (top().type === "code") {
          if (text) put(schema.text(text));
          break;
        }
        const one = top().type === "entry" || top().type === "paragraph";
        text.split("\n").forEach((part, at) => {
          if (at) {
            if (one) put(schema.node("newline"));
            else if (top().inline.length) settle();
            else top().blocks.push(schema.node("paragraph"));
          }
          if (part) put(schema.text(part, marks));
        });
      }
    }
  }
  while (stack.length > 1) {
    const done = close(stack.pop()!);
    top().blocks.push(...done);
  }
  settle();
  const doc = schema.nodes.doc!.createAndFill(null, Fragment.from(top().blocks));
  return doc ?? fromText(segments.map((one) => one.text ?? "").join(""));

  /** What a closed piece became; what may not stand there is left as its text. */
  function close(open: Open): Node[] {
    const type = schema.nodes[open.type]!;
    if (type.inlineContent) {
      const inner = [...open.blocks.flatMap((one) => [...one.content.content]), ...open.inline];
      const fits = type.validContent(Fragment.from(inner));
      return [fits ? type.create(null, inner) : type.create(null, schema.text(inner.map((one) => one.textContent).join("")))];
    }
    if (open.inline.length || !open.blocks.length) open.blocks.push(schema.node("paragraph", null, open.inline));
    const made = type.createAndFill(null, Fragment.from(open.blocks));
    return made ? [made] : open.blocks;
  }
}

export function hashtag(name: string): string {
  return /^\w[\w-]*$/u.test(name) ? `#${name}` : `#[${name}]`;
}

/** A document of plain text: one paragraph a line. */
export function fromText(text: string): Node {
  return schema.node("doc", null, text.split("\n").map((line) => schema.node("paragraph", null, line ? schema.text(line) : undefined)));
}
