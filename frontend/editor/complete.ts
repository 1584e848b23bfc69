// Completion of @people, #topics and :emoji: while writing. The list belongs to the box (aria-activedescendant): the
// cursor never leaves the text. It offers what the server says may be mentioned here.
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { find as findEmoji } from "./emoji";
import { schema } from "./schema";
import { hashtag } from "./segments";

interface Found {
  id?: string;
  name: string;
  detail?: string | null;
  outside?: boolean;
  sees?: boolean;
  text?: string;
}

interface Asked {
  sign: "@" | "#" | ":";
  words: string;
  from: number;
  to: number;
}

export interface Words {
  people: string;
  topics: string;
  emoji: string;
  outside: string;
  unseen: string;
}

const TYPED = /(?:^|[\s(\u200b])(?:(@)([^\s@#][^@#\n]{0,39})?|(#)\[?([^\s@#[\]][^@#[\]\n]{0,39})?|(:)([a-z][a-z_+]{1,20}))$/u;
const WAIT = 120;
let lists = 0;

function asked(state: EditorState): Asked | null {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type.spec.code) return null;
  const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 60), $from.parentOffset, undefined, "\u200b");
  const match = TYPED.exec(before);
  if (!match) return null;
  const sign = (match[1] ?? match[3] ?? match[5]) as Asked["sign"];
  const words = match[2] ?? match[4] ?? match[6] ?? "";
  // Four words after an @ are a sentence.
  if (words.split(" ").length > 4 || (sign === "#" && / /.test(words) && !before.includes("#["))) return null;
  const at = before.lastIndexOf(sign === "#" && before.lastIndexOf("#[") >= 0 ? "#" : sign);
  return { sign, words, from: $from.pos - (before.length - at), to: $from.pos };
}

class Completion {
  private list = document.createElement("ul");
  private found: Found[] = [];
  private chosen = 0;
  private now: Asked | null = null;
  private left = ""; // what Escape closed: not offered again until it changes
  private timer?: ReturnType<typeof setTimeout>;
  private number = 0;

  constructor(private view: EditorView, private subject: () => string, private words: Words, place: HTMLElement) {
    this.list.className = "completions";
    this.list.id = `completions-${++lists}`;
    this.list.role = "listbox";
    this.list.hidden = true;
    // The press is taken before the box loses the focus.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (row) this.take(Number(row.dataset.at));
    });
    place.append(this.list);
  }

  update(view: EditorView): void {
    const now = view.hasFocus() || this.open ? asked(view.state) : null;
    const key = now ? `${now.from}${now.sign}` : "";
    if (!now || key === this.left) {
      if (!now) this.left = "";
      this.now = null;
      this.close();
      return;
    }
    this.left = "";
    const same = this.now?.sign === now.sign && this.now.words === now.words && this.now.from === now.from;
    this.now = now;
    if (same) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(now, ++this.number), WAIT);
  }

  private async ask(now: Asked, number: number): Promise<void> {
    let found: Found[];
    try {
      found = now.sign === ":" ? (await findEmoji(now.words, 8)).map(([text, name]) => ({ text, name })) : await fetched(now, this.subject());
    } catch {
      found = [];
    }
    if (number !== this.number || this.now !== now) return;
    this.found = found.slice(0, 8);
    this.chosen = 0;
    if (this.found.length) this.show();
    else this.close();
  }

  get open(): boolean {
    return !this.list.hidden;
  }

  private show(): void {
    const sign = this.now!.sign;
    this.list.ariaLabel = sign === "@" ? this.words.people : sign === "#" ? this.words.topics : this.words.emoji;
    this.list.replaceChildren(...this.found.map((each, at) => this.row(each, at, sign)));
    this.list.hidden = false;
    this.place();
    this.mark();
  }

  private row(each: Found, at: number, sign: string): HTMLElement {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${at}`;
    row.role = "option";
    row.dataset.at = String(at);
    const name = document.createElement("b");
    name.textContent = sign === "#" ? `#${each.name}` : each.name;
    if (each.text) row.append(Object.assign(document.createElement("span"), { className: "emoji", textContent: each.text }));
    row.append(name);
    if (each.outside) {
      name.className = "outside";
      row.append(Object.assign(document.createElement("span"), { className: "tag outside", textContent: this.words.outside }));
    }
    const detail = each.sees === false ? this.words.unseen : each.detail;
    if (detail) row.append(Object.assign(document.createElement("span"), { className: "small", textContent: detail }));
    return row;
  }

  private mark(): void {
    [...this.list.children].forEach((row, at) => {
      row.ariaSelected = String(at === this.chosen);
      if (at === this.chosen) row.scrollIntoView({ block: "nearest" });
    });
    this.view.dom.setAttribute("aria-controls", this.list.id);
    this.view.dom.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
  }

  private place(): void {
    const at = this.view.coordsAtPos(this.now!.from);
    const box = this.list.parentElement!.getBoundingClientRect();
    const room = Math.max(0, box.width - this.list.offsetWidth - 2);
    this.list.style.insetBlockStart = `${at.bottom - box.top + 4}px`;
    this.list.style.left = `${Math.min(Math.max(0, at.left - box.left - 10), room)}px`;
  }

  close(): void {
    clearTimeout(this.timer);
    this.number++;
    this.list.hidden = true;
    this.view.dom.removeAttribute("aria-controls");
    this.view.dom.removeAttribute("aria-activedescendant");
  }

  key(event: KeyboardEvent): boolean {
    if (!this.open || !this.now || event.ctrlKey || event.metaKey || event.altKey) return false;
    const count = this.found.length;
    switch (event.key) {
      case "ArrowDown":
        this.chosen = (this.chosen + 1) % count;
        break;
      case "ArrowUp":
        this.chosen = (this.chosen + count - 1) % count;
        break;
      case "Enter":
      case "Tab":
        this.take(this.chosen);
        return true;
      case "Escape":
        this.left = `${this.now.from}${this.now.sign}`;
        this.close();
        return true;
      default:
        return false;
    }
    this.mark();
    return true;
  }

  private take(at: number): void {
    const each = this.found[at];
    const now = this.now;
    if (!each || !now) return;
    const { tr } = this.view.state;
    if (now.sign === "@") tr.replaceWith(now.from, now.to, [schema.node("mention", { id: each.id, name: each.name }), schema.text(" ")]);
    else tr.insertText(now.sign === "#" ? `${hashtag(each.name)} ` : each.text!, now.from, now.to);
    this.now = null;
    this.close();
    this.view.dispatch(tr.scrollIntoView());
    this.view.focus();
  }

  destroy(): void {
    this.close();
    this.list.remove();
  }
}

async function fetched(now: Asked, subject: string): Promise<Found[]> {
  const asking = new URLSearchParams(now.sign === "@" ? { q: now.words.trim(), subject } : { q: now.words.trim() });
  const answer = await fetch(`/complete/${now.sign === "@" ? "people" : "topics"}?${asking}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return [];
  const found = (await answer.json()) as Found[];
  // A name that is typed in full with a space after it is finished.
  return now.words.endsWith(" ") && found.every((each) => !each.name.toLowerCase().startsWith(now.words.toLowerCase())) ? [] : found;
}

export function completion(subject: () => string, words: Words, place: HTMLElement): Plugin {
  let here: Completion | null = null;
  return new Plugin({
    key: new PluginKey("completion"),
    view(view) {
      here = new Completion(view, subject, words, place);
      return { update: (now) => here!.update(now), destroy: () => here!.destroy() };
    },
    props: {
      handleKeyDown: (_, event) => here?.key(event) ?? false,
      handleDOMEvents: {
        blur: () => {
          here?.close();
          return false;
        },
      },
    },
  });
}
