// The rich box: takes the place of a plain one when that is first focused. Loaded only then.
import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { EditorState, Plugin, TextSelection, type Command } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { completion, type Words } from "./complete";
import { schema } from "./schema";
import { fromSegments, fromText, lengthOf, toSegments, toText, type Segment } from "./segments";
import { address, commands, toEnd, Tools, toolsPlugin } from "./tools";

export interface Host {
  area: HTMLTextAreaElement;
  segments: string;
  tools: HTMLElement; // already in the page
  subject: () => string;
  changed: () => void;
  send: () => void;
}

export interface Editor {
  text: () => string;
  length: () => number;
  segments: () => string;
  set: (text: string, segments: string) => void;
  focus: () => void;
  destroy: () => void;
}

const { bullets, numbers, quote, code, entry, newline } = schema.nodes;

const breakLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(newline!.create()).scrollIntoView());
  return true;
};

function read(text: string, segments: string): Node {
  if (segments) {
    try {
      return fromSegments(JSON.parse(segments) as Segment[]);
    } catch {
      // what cannot be read is still there as its text
    }
  }
  return fromText(text);
}

export function edit(host: Host): Editor {
  const { area } = host;
  const shell = document.createElement("div");
  shell.className = "editor";
  area.before(shell);
  const id = area.id;
  const label = document.querySelector<HTMLLabelElement>(`label[for="${id}"]`);
  if (label) label.id = `${id}-label`;
  let tools: Tools | null = null;

  const leave: Command = () => {
    // To the post, whose keys are at hand then, or to the content: left alone, the focus would be nowhere.
    if (!tools?.shut(true)) (shell.closest<HTMLElement>(".item") ?? document.getElementById("main"))?.focus({ preventScroll: true });
    return true;
  };
  const takePicture = (given: DataTransfer | null): boolean => {
    const found = given?.files;
    if (!tools || ![...(found ?? [])].some((one) => one.type.startsWith("image/"))) return false;
    tools.take([...found!]);
    return true;
  };
  const state = EditorState.create({
    doc: read(area.value, host.segments),
    plugins: [
      completion(host.subject, JSON.parse(host.tools.dataset.words!) as Words, shell),
      inputRules({
        rules: [
          wrappingInputRule(/^\s*[-*]\s$/, bullets!),
          wrappingInputRule(/^\s*1[.)]\s$/, numbers!),
          wrappingInputRule(/^\s*>\s$/, quote!),
          textblockTypeInputRule(/^```$/, code!),
        ],
      }),
      keymap({
        "Mod-b": commands.bold!,
        "Mod-i": commands.italic!,
        "Mod-u": commands.underline!,
        "Mod-Shift-x": commands.strike!,
        "Mod-Shift-8": commands.bullets!,
        "Mod-Shift-7": commands.numbers!,
        "Mod-Shift-9": commands.quote!,
        "Mod-Alt-c": commands.code!,
        "Mod-k": () => {
          tools?.open("link");
          return true;
        },
        "Mod-z": undo,
        "Mod-y": redo,
        "Mod-Shift-z": redo,
        "Mod-Enter": () => {
          host.send();
          return true;
        },
        Escape: leave,
        Enter: splitListItem(entry!),
        "Shift-Enter": chainCommands(exitCode, breakLine),
        // Tab leaves the box, except in a list, where it means something: Escape, then Tab leaves from there too.
        "Mod-]": sinkListItem(entry!),
        "Mod-[": liftListItem(entry!),
      }),
      keymap(baseKeymap),
      history(),
      placeholder(area.placeholder),
      toolsPlugin((view) => (tools = new Tools(view, host.tools))),
    ],
  });

  // Asked before the plain box is hidden, which takes the focus from it. Who has left it meanwhile is not called back.
  const focused = document.activeElement === area;
  const view = new EditorView(shell, {
    state,
    attributes: {
      id,
      class: `box ${area.className}`.trim(),
      role: "textbox",
      "aria-multiline": "true",
      "aria-autocomplete": "list",
      "aria-labelledby": `${id}-label`,
      dir: "auto",
      ...(area.ariaInvalid === "true" ? { "aria-invalid": "true", "aria-describedby": area.getAttribute("aria-describedby") ?? "" } : {}),
    },
    handlePaste(here, event) {
      if (takePicture(event.clipboardData)) return true;
      // An address pasted over chosen words makes them a link.
      const url = address(event.clipboardData?.getData("text/plain") ?? "");
      const { from, to, empty } = here.state.selection;
      if (!url || !/^(https?:|\/r\/)/.test(url)) return false;
      if (empty) {
        // That of a record is a link to it, and shows its card.
        if (!url.startsWith("/r/")) return false;
        here.dispatch(here.state.tr.replaceSelectionWith(schema.text(url, [schema.marks.link!.create({ url })]), false));
        return true;
      }
      here.dispatch(here.state.tr.addMark(from, to, schema.marks.link!.create({ url })));
      return true;
    },
    handleDrop: (_, event) => takePicture(event.dataTransfer),
    clipboardTextSerializer: (slice) => toText(schema.node("doc", null, slice.content.firstChild?.isBlock ? slice.content : schema.node("paragraph", null, slice.content))),
    dispatchTransaction(tr) {
      view.updateState(view.state.apply(tr));
      if (tr.docChanged) host.changed();
    },
  });
  area.id = `${id}-plain`;
  area.hidden = true;
  area.removeAttribute("required");
  view.dispatch(toEnd(view.state));
  if (area.value && area.selectionStart === area.selectionEnd && area.selectionEnd < area.value.length && !host.segments) {
    // The cursor stands where it stood: each line is a paragraph, which has a place before and behind it.
    const before = area.value.slice(0, area.selectionEnd);
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, before.length + 1 + (before.match(/\n/g)?.length ?? 0))));
  }
  if (focused) view.focus();

  return {
    text: () => toText(view.state.doc),
    length: () => lengthOf(view.state.doc),
    segments: () => {
      const found = toSegments(view.state.doc);
      return found.length ? JSON.stringify(found) : "";
    },
    set(text, segments) {
      const doc = read(text, segments);
      view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, doc.content));
      view.dispatch(toEnd(view.state));
    },
    focus: () => view.focus(),
    destroy() {
      view.destroy();
      shell.remove();
      area.id = id;
      area.hidden = false;
    },
  };
}

function placeholder(text: string): Plugin {
  const show = (view: EditorView): void => {
    const { doc } = view.state;
    const first = doc.firstChild;
    const empty = doc.childCount === 1 && first?.type.name === "paragraph" && !first.content.size;
    view.dom.dataset.empty = String(empty);
    view.dom.dataset.placeholder = text;
    view.dom.setAttribute("aria-placeholder", text);
  };
  return new Plugin({ view: (view) => (show(view), { update: show }) });
}
