// The tools under a box: one stop of the Tab key, arrows between them (the toolbar pattern). Their texts come from the server.
import { setBlockType, toggleMark, wrapIn, lift } from "prosemirror-commands";
import type { MarkType, NodeType } from "prosemirror-model";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { Plugin, TextSelection, type Command, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { find } from "./emoji";
import { schema } from "./schema";

const { bold, italic, underline, strike, link } = schema.marks as Record<string, MarkType>;
const { bullets, numbers, quote, code, paragraph, entry } = schema.nodes as Record<string, NodeType>;

export const commands: Record<string, Command> = {
  bold: toggleMark(bold!),
  italic: toggleMark(italic!),
  underline: toggleMark(underline!),
  strike: toggleMark(strike!),
  bullets: list(bullets!),
  numbers: list(numbers!),
  quote: (state, dispatch) => (within(state, quote!) ? lift(state, dispatch) : wrapIn(quote!)(state, dispatch)),
  code: (state, dispatch) => setBlockType(within(state, code!) ? paragraph! : code!)(state, dispatch),
};

/** Make the lines a list; or no list any more, if they are one of this sort. */
function list(type: NodeType): Command {
  return (state, dispatch) => {
    if (within(state, type)) return liftListItem(entry!)(state, dispatch);
    const other = type === bullets ? numbers! : bullets!;
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth--) {
      if ($from.node(depth).type !== other) continue;
      dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
      return true;
    }
    return wrapInList(type)(state, dispatch);
  };
}

function within(state: EditorState, type: NodeType): boolean {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) if ($from.node(depth).type === type) return true;
  return false;
}

function isOn(state: EditorState, name: string): boolean {
  const mark = schema.marks[name];
  if (!mark) return schema.nodes[name] ? within(state, schema.nodes[name]!) : false;
  const { from, to, empty, $from } = state.selection;
  return empty ? !!mark.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, mark);
}

/** An address as it was typed, with what is usually left out; none if it is not one that a link may have. */
export function address(typed: string): string | null {
  // A record's page is a linked record, whichever name the server has.
  const url = typed.trim().replace(new RegExp(`^${location.origin}(?=/r/\\w{15,18}$)`), "");
  if (/^\/r\/\w{15,18}$/.test(url)) return url;
  if (/^(https?:\/\/|mailto:)\S+$/i.test(url)) return url;
  if (/^[^\s/@]+@[^\s/@]+\.[^\s/@]+$/.test(url)) return `mailto:${url}`;
  return /^[\w-]+(\.[\w-]+)+([/?#]\S*)?$/.test(url) ? `https://${url}` : null;
}

export class Tools {
  private pop: HTMLElement | null = null;

  constructor(private view: EditorView, private box: HTMLElement) {
    box.setAttribute("aria-controls", view.dom.id);
    // Pressing a tool leaves the cursor and what is selected where they are.
    box.addEventListener("mousedown", (event) => (event.target as Element).closest("button") && event.preventDefault());
    box.addEventListener("click", this.press);
    box.addEventListener("keydown", this.key);
    box.addEventListener("input", this.typed);
    box.addEventListener("change", (event) => {
      const chosen = event.target as HTMLInputElement;
      if (chosen.type === "file") this.hold([...chosen.files!]);
    });
    box.addEventListener("focusout", (event) => {
      if (this.pop && !this.pop.contains(event.relatedTarget as Node) && event.relatedTarget) this.shut(false);
    });
    const first = this.buttons.find((button) => button.offsetParent);
    for (const button of this.buttons) button.tabIndex = button === first ? 0 : -1;
    this.update();
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.box.querySelectorAll<HTMLButtonElement>("[role=toolbar] > button, [role=toolbar] > span > button")];
  }

  update(): void {
    for (const button of this.buttons) {
      const name = button.dataset.do!;
      if (name in commands || name === "link") button.ariaPressed = String(isOn(this.view.state, name));
    }
  }

  private press = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button");
    const name = button?.dataset.do;
    if (!button || !name) return;
    event.preventDefault();
    if (name in commands) {
      commands[name]!(this.view.state, this.view.dispatch);
      this.view.focus();
    } else if (name === "more") {
      const shown = this.box.classList.toggle("all");
      button.ariaExpanded = String(shown);
    } else if (name === "mention") {
      this.write(this.before() ? " @" : "@");
    } else if (name === "link" || name === "emoji" || name === "image") {
      this.open(name);
    } else if (name === "set-link") {
      this.setLink();
    } else if (name === "set-image") {
      void this.setImage();
    } else if (name === "unlink") {
      this.unlink();
    } else if (name === "put") {
      this.write(button.textContent!);
      this.shut(true);
    }
  };

  /** Whether a letter stands before the cursor. */
  private before(): boolean {
    const { $from } = this.view.state.selection;
    return /\S$/.test($from.parent.textBetween(0, $from.parentOffset, undefined, "x"));
  }

  private write(text: string): void {
    this.view.dispatch(this.view.state.tr.insertText(text).scrollIntoView());
    this.view.focus();
  }

  open(name: "link" | "emoji" | "image"): void {
    const pop = this.box.querySelector<HTMLElement>(`[data-pop=${name}]`)!;
    const same = this.pop === pop;
    this.shut(true);
    if (same) return;
    this.pop = pop;
    pop.hidden = false;
    const input = pop.querySelector("input")!;
    input.value = "";
    if (name === "link") {
      const mark = this.linkHere();
      input.value = (mark?.attrs.url as string) ?? "";
      pop.querySelector<HTMLElement>("[data-do=unlink]")!.hidden = !mark;
      input.removeAttribute("aria-invalid");
    } else if (name === "emoji") {
      void this.showEmoji("");
    } else {
      pop.querySelector<HTMLElement>(".field-error")!.hidden = true;
      pop.querySelector<HTMLInputElement>("[type=text]")!.value = "";
      pop.querySelector<HTMLElement>("[data-count]")!.hidden = true;
    }
    this.box.querySelector(`[data-do=${name}]`)!.ariaExpanded = "true";
    input.focus();
  }

  /** Close what is open. Tells whether there was something. */
  shut(back: boolean): boolean {
    if (!this.pop) return false;
    this.pop.hidden = true;
    this.box.querySelector(`[data-do=${this.pop.dataset.pop}]`)!.ariaExpanded = "false";
    this.pop = null;
    if (back) this.view.focus();
    return true;
  }

  private linkHere() {
    const { $from, to } = this.view.state.selection;
    return link!.isInSet($from.marks()) ?? link!.isInSet(this.view.state.doc.resolve(Math.min(to, $from.pos + 1)).marks());
  }

  private setLink(): void {
    const input = this.pop!.querySelector("input")!;
    const url = address(input.value);
    input.ariaInvalid = String(!url);
    if (!url) {
      input.focus();
      return;
    }
    const { state } = this.view;
    const mark = link!.create({ url });
    const { from, to, empty } = state.selection;
    if (empty && !this.linkHere()) {
      const shown = input.value.trim();
      this.view.dispatch(state.tr.replaceSelectionWith(schema.text(shown, [mark]), false).removeStoredMark(link!).insertText(" "));
    } else {
      const [start, end] = empty ? this.extent() : [from, to];
      this.view.dispatch(state.tr.removeMark(start, end, link!).addMark(start, end, mark));
    }
    this.shut(true);
  }

  /** Pictures that were pasted or dropped: what each shows in words is asked for before it is sent, one after the other. */
  take(files: File[]): void {
    const pop = this.box.querySelector<HTMLElement>("[data-pop=image]")!;
    // More of them while some are waiting stand behind those.
    const waiting = this.pop === pop ? [...pop.querySelector<HTMLInputElement>("[type=file]")!.files!] : [];
    if (this.pop !== pop) this.open("image");
    this.hold([...waiting, ...files]);
    pop.querySelector<HTMLInputElement>("[type=text]")!.focus();
  }

  /** Keep the pictures that are to be put in, as many as one text may hold; what is left out is named. */
  private hold(files: File[]): void {
    const pop = this.pop!;
    let room = Number(pop.dataset.most);
    this.view.state.doc.descendants((node) => { room -= Number(node.type.name === "picture"); });
    const held = new DataTransfer();
    const out: string[] = [];
    for (const one of files) {
      if (one.type.startsWith("image/") && held.files.length < room) held.items.add(one);
      else out.push(one.name);
    }
    pop.querySelector<HTMLInputElement>("[type=file]")!.files = held.files;
    const wrong = pop.querySelector<HTMLElement>(".field-error")!;
    if (out.length) wrong.textContent = wrong.dataset.left!.replace("{names}", out.join(", "));
    wrong.hidden = !out.length;
    this.count();
  }

  /** Say how many pictures wait behind the one of which words are asked for. */
  private count(): void {
    const line = this.pop!.querySelector<HTMLElement>("[data-count]")!;
    const files = this.pop!.querySelector<HTMLInputElement>("[type=file]")!.files!;
    line.hidden = files.length < 2;
    if (files.length > 1) line.textContent = line.dataset.text!.replace("{n}", String(files.length - 1)).replace("{name}", files[0]!.name);
  }

  private async setImage(): Promise<void> {
    const pop = this.pop!;
    const file = pop.querySelector<HTMLInputElement>("[type=file]")!;
    const alt = pop.querySelector<HTMLInputElement>("[type=text]")!;
    const wrong = pop.querySelector<HTMLElement>(".field-error")!;
    if (!file.files?.length) return file.focus();
    if (!alt.value.trim()) return alt.focus();
    const body = new FormData();
    body.append("picture", file.files[0]!);
    const token = document.querySelector<HTMLInputElement>("input[name=_csrf_token]")?.value ?? "";
    pop.ariaBusy = "true";
    const answer = await fetch("/files", { method: "POST", body, headers: { accept: "application/json", "x-csrftoken": token } }).catch(() => null);
    pop.ariaBusy = null;
    const rest = new DataTransfer();
    for (const one of [...file.files].slice(1)) rest.items.add(one);
    wrong.hidden = Boolean(answer?.ok);
    if (answer?.ok) {
      const { id } = (await answer.json()) as { id: string };
      this.view.dispatch(this.view.state.tr.replaceSelectionWith(schema.node("picture", { id, alt: alt.value.trim() })).scrollIntoView());
    } else {
      const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
      const why = page.querySelector(".error-message")?.textContent?.trim() || wrong.dataset.text!;
      wrong.textContent = rest.files.length ? `${file.files[0]!.name}: ${why}` : why;
      if (!answer || !rest.files.length) return; // the same one can be tried again, or another in its place
    }
    if (!rest.files.length) {
      this.shut(true);
      return;
    }
    file.files = rest.files;
    alt.value = "";
    this.count();
    alt.focus();
  }

  private unlink(): void {
    const [start, end] = this.extent();
    this.view.dispatch(this.view.state.tr.removeMark(start, end, link!));
    this.shut(true);
  }

  /** From where to where the link at the cursor goes. */
  private extent(): [number, number] {
    const { $from, from, to } = this.view.state.selection;
    const mark = this.linkHere();
    if (!mark) return [from, to];
    let [start, end] = [from, to];
    $from.parent.forEach((node, offset) => {
      if (!mark.isInSet(node.marks)) return;
      const at = $from.start() + offset;
      if (at <= to && at + node.nodeSize >= from) [start, end] = [Math.min(start, at), Math.max(end, at + node.nodeSize)];
    });
    return [start, end];
  }

  private typed = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    event.stopPropagation(); // it is no part of what is written
    if (input.closest("[data-pop=emoji]")) void this.showEmoji(input.value);
  };

  private async showEmoji(words: string): Promise<void> {
    const grid = this.box.querySelector<HTMLElement>(".emoji-grid")!;
    const found = await find(words, 64).catch(() => null);
    if (words !== grid.parentElement!.querySelector("input")!.value) return;
    grid.replaceChildren(...(found ?? []).map(([text, name], at) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: text, title: name, tabIndex: at ? -1 : 0 });
      button.dataset.do = "put";
      button.ariaLabel = name;
      return button;
    }));
    grid.dataset.none = String(!found?.length);
  }

  private key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && this.pop) {
      event.stopPropagation();
      event.preventDefault();
      this.shut(true);
    } else if (event.key === "Enter" && target.matches("input")) {
      event.preventDefault(); // it must not send the post
      if (target.closest("[data-pop=link]")) this.setLink();
      else if (target.closest("[data-pop=image]")) void this.setImage();
      else this.box.querySelector<HTMLElement>(".emoji-grid button")?.click();
    } else if (target.closest(".emoji-grid") || (target.matches("[type=search]") && event.key === "ArrowDown")) {
      this.walk(event, [...this.box.querySelectorAll<HTMLElement>(".emoji-grid button")], 8);
    } else if (target.closest("[role=toolbar]") && !target.matches("input")) {
      this.walk(event, this.buttons.filter((one) => one.offsetParent), 0);
    }
  };

  private walk(event: KeyboardEvent, stops: HTMLElement[], width: number): void {
    const at = stops.indexOf(event.target as HTMLElement);
    const rtl = getComputedStyle(this.box).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: rtl, ArrowLeft: -rtl, ArrowDown: at < 0 ? 1 : width, ArrowUp: -width }[event.key] ?? 0;
    const to = event.key === "Home" ? stops[0] : event.key === "End" ? stops[stops.length - 1] : step ? stops[at + step] : null;
    if (!to) return;
    event.preventDefault();
    for (const one of stops) one.tabIndex = one === to ? 0 : -1;
    to.focus();
  }
}

/** Keeps the tools telling what holds where the cursor is. */
export function toolsPlugin(ready: (view: EditorView) => Tools): Plugin {
  return new Plugin({
    view(view) {
      const tools = ready(view);
      return { update: () => tools.update() };
    },
  });
}

/** Set the cursor to the end. */
export function toEnd(state: EditorState) {
  return state.tr.setSelection(TextSelection.atEnd(state.doc));
}
