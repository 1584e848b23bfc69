// A box to write in. Plain at first: grows, counts near the limit, sends with Ctrl+Enter. When it is first focused the rich
// one is loaded and takes its place, and the draft that another device has saved since is fetched.
import type { Editor, Host } from "../editor/editor";
import { Draft, type Kept } from "./draft";
import { land } from "./focus";

declare const EDITOR: string; // their addresses: build.mjs
declare const EDITOR_STYLE: string;

const WARN = 500;

let tools: Promise<string> | null = null;

/** The tools of the rich box, in the viewer's language. */
function fetchTools(): Promise<string> {
  tools ??= fetch("/editor", { headers: { accept: "text/html" } }).then((answer) => {
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.text();
  });
  tools.catch(() => (tools = null));
  return tools;
}

/** The styles of the rich box; Turbo leaves them in the head from then on. */
function fetchStyle(): Promise<void> {
  if (document.head.querySelector(`link[href="${EDITOR_STYLE}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: EDITOR_STYLE });
  return new Promise((done) => {
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}

export class Write extends HTMLElement {
  private area!: HTMLTextAreaElement;
  private form!: HTMLFormElement;
  private editor: Editor | null = null;
  private draft: Draft | null = null;
  private focused = false;
  private filling = false;

  connectedCallback(): void {
    const area = this.querySelector("textarea");
    const form = this.closest("form");
    if (!area || !form) return;
    this.area = area;
    this.form = form;
    void this.hiddenField;
    area.addEventListener("input", () => (this.hiddenField.value = ""));
    // Typing or pasting past the limit is shown, not cut off silently.
    area.removeAttribute("maxlength");
    if (this.dataset.place) {
      this.draft = new Draft(form, this.dataset.place, Number(this.dataset.version ?? 0), this.tell);
      const unsaved = this.draft.unsaved();
      if (unsaved && !area.value) {
        area.value = unsaved.text;
        this.hiddenField.value = unsaved.segments;
        this.draft.version = unsaved.version;
        this.draft.changed();
      }
    }
    this.addEventListener("focusin", this.open);
    this.addEventListener("focusout", this.close);
    this.addEventListener("focusin", this.focusFirst);
    this.form.addEventListener("input", this.change);
    this.addEventListener("keydown", this.key);
    this.addEventListener("click", this.press);
    document.addEventListener("turbo:before-cache", this.plain);
    document.addEventListener("visibilitychange", this.look);
    this.show();
    // What was begun stands there as it was written, not with the signs by which a plain box tells bold from plain.
    if (this.hiddenField.value && /[\\*_~`]/.test(area.value)) void this.enrich();
    if (this.contains(document.activeElement)) {
      this.open();
      this.focusFirst();
    }
  }

  disconnectedCallback(): void {
    this.draft?.stop();
    this.plain();
    this.form?.removeEventListener("input", this.change);
    this.removeEventListener("focusin", this.open);
    this.removeEventListener("focusout", this.close);
    this.removeEventListener("focusin", this.focusFirst);
    this.removeEventListener("keydown", this.key);
    this.removeEventListener("click", this.press);
    document.removeEventListener("turbo:before-cache", this.plain);
    document.removeEventListener("visibilitychange", this.look);
  }

  connectedMoveCallback(): void {}

  private get hiddenField(): HTMLInputElement {
    let field = this.querySelector<HTMLInputElement>("input[name=segments]");
    if (!field) {
      // Not in the page that the server sends: where no script runs, what is typed over must count.
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "segments", value: this.dataset.segments ?? "" });
      this.append(field);
    }
    return field;
  }

  // --- becoming rich ---

  private open = (): void => {
    this.form.dataset.writing = "true";
  };

  /** An empty box folds when it is left, but not under the press of what stands below it. */
  private close = (): void => {
    setTimeout(() => {
      if (this.empty && !this.form.contains(document.activeElement)) delete this.form.dataset.writing;
    }, 400);
  };

  private focusFirst = (): void => {
    if (this.focused) return;
    this.focused = true;
    void this.enrich();
    void this.refresh();
    this.dispatchEvent(new CustomEvent("hub:writing", { bubbles: true }));
  };

  private async enrich(): Promise<void> {
    const place = this.querySelector<HTMLElement>(".tools-place");
    if (!place) return;
    try {
      const [{ edit }, text] = await Promise.all([import(EDITOR) as Promise<{ edit: (host: Host) => Editor }>, fetchTools(), fetchStyle()]);
      if (!this.isConnected || this.editor) return;
      place.innerHTML = text;
      this.editor = edit({
        area: this.area,
        segments: this.hiddenField.value,
        tools: place.querySelector<HTMLElement>(".tools")!,
        subject: () => this.form.querySelector<HTMLInputElement>("[name=subject]")?.value ?? this.dataset.place ?? "",
        changed: () => {
          this.take();
          this.change();
        },
        send: () => this.send(),
      });
      this.classList.add("rich");
      this.show();
    } catch {
      this.focused = false; // the plain box does too; tried again the next time
    }
  }

  /** Back to the plain box: for the cache of pages, and when the element leaves the page. */
  private plain = (): void => {
    if (!this.editor) return;
    this.take();
    this.editor.destroy();
    this.editor = null;
    this.classList.remove("rich");
    this.querySelector(".tools-place")?.replaceChildren();
    this.focused = false;
  };

  private take(): void {
    if (!this.editor) return;
    this.area.value = this.editor.text();
    this.hiddenField.value = this.editor.segments();
  }

  // --- what is written ---

  private change = (event?: Event): void => {
    if ((event?.target as HTMLInputElement | undefined)?.name === "publish_at") return; // it is no part of the draft
    if (!this.filling) this.draft?.changed();
    this.show();
  };

  private show(): void {
    const area = this.area;
    if (!this.editor && !CSS.supports("field-sizing", "content")) {
      area.style.blockSize = "auto";
      if (area.value) area.style.blockSize = `${area.scrollHeight + 2}px`;
    }
    const left = Number(document.body.dataset.most ?? 10_000) - (this.editor?.length() ?? [...area.value].length);
    const output = this.querySelector<HTMLOutputElement>("output.left-over");
    if (output) {
      output.textContent = left <= WARN ? output.dataset.text!.replace("#", String(left)) : "";
      output.dataset.state = left < 0 ? "over" : "";
    }
    const button = this.querySelector<HTMLButtonElement>("button.primary");
    if (button) button.disabled = left < 0;
    this.form.dataset.written = String(!this.empty);
  }

  get empty(): boolean {
    const more = [...this.form.querySelectorAll<HTMLInputElement>("input[name=title], input[name=choice]")];
    return !this.area.value.trim() && more.every((one) => !one.value.trim());
  }

  private key = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && event.target === this.area) {
      this.area.blur();
      land(this.closest(".item")?.id, "main");
    }
  };

  private send(): void {
    if (!this.empty) this.form.requestSubmit(this.form.querySelector<HTMLButtonElement>("button.primary"));
  }

  // --- the draft ---

  private tell = (state: string, over: Kept | null): void => {
    const output = this.querySelector<HTMLElement>(".draft-state");
    if (output) {
      output.textContent = output.dataset[state] ?? "";
      output.dataset.state = state;
    }
    if (over) this.offer(over);
  };

  /** Another device's text is offered beside this one. */
  private offer(over: Kept): void {
    const box = this.querySelector<HTMLElement>(".draft-other");
    if (!box) return;
    box.hidden = false;
    box.querySelector("q")!.textContent = over.text.length > 140 ? `${over.text.slice(0, 139)}…` : over.text;
    box.querySelector<HTMLButtonElement>("button[data-use]")!.onclick = () => {
      this.fill(over);
      box.hidden = true;
      this.draft?.changed(true);
    };
  }

  private press = (event: Event): void => {
    if ((event.target as Element).closest("[data-leave-other]")) this.querySelector<HTMLElement>(".draft-other")!.hidden = true;
  };

  private look = (): void => {
    if (!document.hidden && this.focused) void this.refresh();
    else if (document.hidden && this.draft?.pending) void this.draft.save();
  };

  /** Show what another device has written here since this page was made; what is written here meanwhile stays. */
  private async refresh(): Promise<void> {
    const draft = this.draft;
    if (!draft || draft.pending) return;
    const before = this.area.value;
    const kept = await draft.newer().catch(() => null);
    if (!kept || draft.pending || this.area.value !== before || !this.isConnected) return;
    draft.version = kept.version;
    this.fill(kept);
    this.tell(kept.version ? "restored" : "none", null);
  }

  private fill(kept: Kept): void {
    this.filling = true;
    this.area.value = kept.text;
    this.hiddenField.value = kept.segments;
    this.editor?.set(kept.text, kept.segments);
    const title = this.form.querySelector<HTMLInputElement>("input[name=title]");
    if (title) title.value = kept.title ?? "";
    this.form.querySelectorAll<HTMLInputElement>("input[name=choice]").forEach((one, at) => (one.value = kept.choice?.[at] ?? ""));
    for (const one of this.form.querySelectorAll<HTMLInputElement>("input[name=kind]")) one.checked = one.value === (kept.kind ?? "TextPost");
    this.filling = false;
    this.show();
  }

  /** Empty for the next: what was in it is being sent, once what is being saved of it has been. */
  async hand(sent: Promise<boolean>): Promise<void> {
    const saved = this.draft?.hold(sent);
    this.fill({ version: 0, text: "", segments: "" });
    this.tell("none", null);
    this.freshKey();
    void sent.then((arrived) => arrived && !this.draft?.pending && this.draft?.forget());
    await saved;
  }

  /** It is being sent and stays in the box until it has arrived: once what is being saved of it has been. */
  async release(sent: Promise<boolean>): Promise<void> {
    void sent.then((arrived) => arrived && this.draft?.forget());
    await this.draft?.hold(sent);
  }

  /** What was sent once more has arrived, and its draft is gone: what is being written by now is a draft of its own. */
  arrived(): void {
    if (this.empty) this.draft?.forget();
    else this.draft?.changed();
  }

  /** What could not be sent comes back, unless something else is being written. */
  takeBack(said: URLSearchParams): boolean {
    if (!this.empty) return false;
    this.fill({
      version: 0,
      text: said.get("text") ?? "",
      segments: said.get("segments") ?? "",
      kind: said.get("kind") ?? "TextPost",
      title: said.get("title") ?? "",
      choice: said.getAll("choice"),
    });
    this.freshKey();
    this.draft?.changed();
    (this.editor ?? this.area).focus();
    return true;
  }

  /** What is sent now is another thing than before. */
  private freshKey(): void {
    const key = this.form.querySelector<HTMLInputElement>("input[name=_key]");
    if (key) key.value = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

customElements.define("hub-write", Write);
