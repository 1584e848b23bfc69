// Keeps on the server what is being written, so that every device has it. Until the server has it, the tab keeps it.
// Each save says which version it knows: if another device saved meanwhile, this newer text wins, and the other is offered.

const IDLE = 1200;
const LONGEST = 7000;
const AGAIN = 8000;

export interface Kept {
  version: number;
  text: string;
  segments: string;
  kind?: string;
  title?: string;
  choice?: string[];
  saved?: string;
}

interface Saved {
  version: number;
  over: Kept | null;
}

/** All that is written in a form, and for which place. */
export function written(form: HTMLFormElement): URLSearchParams {
  const said = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
  for (const name of ["_key", "_csrf_token", "publish_at"]) said.delete(name);
  return said;
}

export class Draft {
  version: number;
  private timer?: ReturnType<typeof setTimeout>;
  private since = 0;
  private saving: Promise<void> = Promise.resolve();
  private dirty = false;
  private keep = false;

  constructor(
    private form: HTMLFormElement,
    private place: string,
    version: number,
    private told: (state: "saved" | "unsaved" | "none", over: Kept | null) => void,
  ) {
    this.version = version;
  }

  private get name(): string {
    return `draft ${document.body.dataset.me} ${this.place}`; // a tab can become another person's
  }

  /** What this tab could not give to the server before it was left. */
  unsaved(): Kept | null {
    const text = sessionStorage.getItem(this.name);
    return text ? (JSON.parse(text) as Kept) : null;
  }

  get pending(): boolean {
    return this.dirty;
  }

  changed(keep = false): void {
    this.dirty = true;
    this.keep ||= keep;
    const said = written(this.form);
    const kept: Kept = { version: this.version, text: said.get("text") ?? "", segments: said.get("segments") ?? "" };
    sessionStorage.setItem(this.name, JSON.stringify(kept));
    const now = performance.now();
    this.since ||= now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(IDLE, this.since + LONGEST - now)));
  }

  save(): Promise<void> {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.put());
    return this.saving;
  }

  private async put(): Promise<void> {
    if (!this.dirty) return;
    this.dirty = false;
    this.since = 0;
    const said = written(this.form);
    said.set("place", this.place);
    said.set("version", String(this.version));
    if (this.keep) said.set("keep", "1");
    try {
      const answer = await fetch("/drafts", {
        method: "POST",
        body: said,
        headers: { accept: "application/json", "x-csrftoken": token(this.form) },
        keepalive: true,
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const saved = (await answer.json()) as Saved;
      this.version = saved.version;
      this.keep = false;
      if (!this.dirty) sessionStorage.removeItem(this.name);
      this.told(saved.version ? "saved" : "none", saved.over);
    } catch {
      this.dirty = true;
      this.told("unsaved", null);
      clearTimeout(this.timer);
      if (this.form.isConnected) this.timer = setTimeout(() => void this.save(), AGAIN);
    }
  }

  /** What the server keeps for this place now, if it is not what this page knows. */
  async newer(): Promise<Kept | null> {
    const answer = await fetch(`/drafts/on/${this.place}`, { headers: { accept: "application/json" } });
    if (!answer.ok) return null;
    const kept = (await answer.json()) as Kept;
    return kept.version !== this.version ? kept : null;
  }

  /** It is being sent: nothing more of it is saved, and what is written next waits until this has arrived or failed. */
  hold(sent: Promise<boolean>): Promise<void> {
    clearTimeout(this.timer);
    this.dirty = false;
    const before = this.saving;
    this.saving = sent.then((arrived) => {
      if (arrived) this.version = 0;
    });
    return before;
  }

  /** It has arrived. */
  forget(): void {
    clearTimeout(this.timer);
    this.dirty = false;
    this.version = 0;
    sessionStorage.removeItem(this.name);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (this.dirty) void this.put();
  }
}

function token(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>("[name=_csrf_token]")?.value ?? "";
}
