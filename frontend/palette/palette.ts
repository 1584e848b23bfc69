// The command palette: one field to go to pages, people, records and topics and to do what is one press. Loaded on the first
// Ctrl+K. The list belongs to the field (aria-activedescendant), so the cursor never leaves what is typed.

const WAIT = 120;

interface Turbo {
  visit(url: string): void;
}

class Palette {
  private dialog = document.querySelector<HTMLDialogElement>("#palette")!;
  private field = this.dialog.querySelector<HTMLInputElement>("input")!;
  private list = this.dialog.querySelector<HTMLElement>("[role=listbox]")!;
  private said = this.dialog.querySelector<HTMLElement>("[role=status]")!;
  private found = document.createElement("div");
  private standing = document.createElement("div");
  private timer?: ReturnType<typeof setTimeout>;
  private asked = 0;
  private awaited = false; // what is typed has no answer yet

  constructor() {
    for (const part of [this.found, this.standing]) part.role = "presentation";
    this.list.replaceChildren(this.found, this.standing);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (row) this.take(row, event.ctrlKey || event.metaKey);
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside it
    });
    this.dialog.addEventListener("close", () => this.field.setAttribute("aria-expanded", "false"));
  }

  get stands(): boolean {
    return this.dialog.isConnected;
  }

  open(): void {
    this.found.replaceChildren();
    this.field.setAttribute("aria-expanded", "true");
    this.typed();
    // What there is to do is asked each time: it differs as my rights and drafts do.
    void this.fetched("/jump/standing").then((text) => {
      if (text === null) return;
      this.standing.innerHTML = text;
      this.sift();
    });
  }

  private async fetched(url: string): Promise<string | null> {
    try {
      const answer = await fetch(url, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) return await answer.text();
    } catch {
      // said below
    }
    this.said.textContent = this.dialog.dataset.unreached ?? "";
    return null;
  }

  private typed(): void {
    clearTimeout(this.timer);
    const q = this.field.value.trim();
    const number = ++this.asked;
    this.awaited = q !== "";
    this.sift();
    if (!q) return this.found.replaceChildren();
    this.timer = setTimeout(() => {
      void this.fetched(`/jump/found?q=${encodeURIComponent(q)}`).then((text) => {
        if (number !== this.asked) return;
        this.awaited = false;
        if (text === null) return;
        this.found.innerHTML = text;
        this.sift();
      });
    }, WAIT);
  }

  /** Show the standing places of which each word begins a word, and choose the first row. */
  private sift(): void {
    const words = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.standing.querySelectorAll<HTMLElement>("[role=option]")) {
      const parts = row.querySelector(".grow")!.textContent!.toLowerCase().split(/\s+/);
      row.hidden = !words.every((word) => parts.some((part) => part.startsWith(word)));
    }
    for (const group of this.standing.querySelectorAll<HTMLElement>("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    const rows = this.rows();
    this.choose(rows[0] ?? null);
    this.said.textContent = rows.length || this.awaited || !words.length ? "" : this.dialog.dataset.none ?? "";
  }

  private rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")];
  }

  private choose(row: HTMLElement | null): void {
    for (const other of this.list.querySelectorAll("[aria-selected=true]")) other.ariaSelected = "false";
    if (row) {
      row.ariaSelected = "true";
      this.field.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const rows = this.rows();
    const at = rows.findIndex((row) => row.ariaSelected === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose(rows[(at + step + rows.length) % rows.length] ?? null);
    } else if (event.key === "Enter") {
      if (rows[at]) this.take(rows[at], event.ctrlKey || event.metaKey);
    } else {
      return;
    }
    event.preventDefault();
  }

  private take(row: HTMLElement, aside: boolean): void {
    const { url, post } = row.dataset;
    if (url && aside) {
      window.open(url);
      return;
    }
    this.dialog.close();
    if (url === "/#composer" && location.pathname === "/") document.getElementById("composer-text")?.focus();
    else if (url) (window as unknown as { Turbo: Turbo }).Turbo.visit(url);
    else if (post) this.press(post, "leaves" in row.dataset);
  }

  /** As if a button of the page had been pressed. */
  private press(address: string, leaves: boolean): void {
    const button = Object.assign(document.createElement("button"), { hidden: true });
    button.setAttribute("form", "act");
    button.setAttribute("formaction", address);
    if (leaves) button.dataset.turbo = "false";
    document.body.append(button);
    button.click();
    button.remove();
  }
}

let palette: Palette | null = null;

export function open(): void {
  if (!palette?.stands) palette = new Palette(); // another page has a dialog of its own
  palette.open();
}
