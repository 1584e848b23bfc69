// Changing a field where it stands: double click, Enter or the pencil fetch its form; what is typed shows at once while it is
// saved; what was refused comes back with its fault. Without script the pencil leads to a form of its own.
import { notice, words } from "./notice";
import { refusal } from "./send";

const STREAM = "text/vnd.turbo-stream.html";

class Inline extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("dblclick", this.begin);
    this.addEventListener("click", this.pick);
    this.addEventListener("keydown", this.press);
    this.addEventListener("submit", this.submit);
    const table = this.querySelector("table");
    const cells = this.cells();
    if (!table || !cells.length) return;
    // One stop for the Tab key; arrows go from cell to cell.
    table.setAttribute("role", "grid");
    cells.forEach((cell, at) => (cell.tabIndex = at ? -1 : 0));
  }

  private cells(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("td[data-edit]")];
  }

  private begin = (event: Event): void => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-edit]");
    if (cell && !(event.target as Element).closest("a, form")) {
      getSelection()?.removeAllRanges();
      void this.open(cell);
    }
  };

  private pick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const cell = target.closest<HTMLElement>("[data-edit]");
    if (!cell || event.ctrlKey || event.metaKey) return;
    if (target.closest(".pencil")) {
      event.preventDefault();
      void this.open(cell);
    } else if (target.closest("[data-cancel]")) {
      this.close(cell);
    }
  };

  private press = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const cell = target.closest<HTMLElement>("[data-edit]");
    if (!cell) return;
    if (target.closest("form")) {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close(cell);
      }
      return;
    }
    if (target !== cell) return;
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      void this.open(cell);
    } else if (event.key.startsWith("Arrow") && !event.altKey) {
      event.preventDefault();
      this.go(cell, event.key);
    }
  };

  private go(cell: HTMLElement, key: string): void {
    const cells = this.cells();
    const row = cell.closest("tr")!;
    const rtl = getComputedStyle(this).direction === "rtl";
    let next: HTMLElement | undefined;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      next = cells[cells.indexOf(cell) + ((key === "ArrowRight") !== rtl ? 1 : -1)];
    } else {
      const rows = [...new Set(cells.map((each) => each.closest("tr")!))];
      const other = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
      next = other?.querySelector<HTMLElement>(`[data-edit="${cell.dataset.edit}"]`) ?? undefined;
    }
    if (!next) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  private address(cell: HTMLElement): string {
    return `/r/${cell.closest<HTMLElement>("[data-record]")!.dataset.record}`;
  }

  private async open(cell: HTMLElement): Promise<void> {
    if (cell.querySelector("form") || cell.ariaBusy === "true") return;
    cell.ariaBusy = "true";
    try {
      const answer = await fetch(`${this.address(cell)}/fields/${cell.dataset.edit}`, { headers: { accept: STREAM } });
      const text = await answer.text();
      if (answer.ok) this.show(cell, text);
      else notice(refusal(text) || words("failed"));
    } catch {
      notice(words("unsent"), { label: words("retry"), run: () => void this.open(cell) });
    } finally {
      cell.ariaBusy = null;
    }
  }

  private show(cell: HTMLElement, form: string): void {
    cell.querySelector("form")?.remove();
    const value = cell.querySelector<HTMLElement>(".value")!;
    value.hidden = true;
    cell.classList.add("editing");
    cell.insertAdjacentHTML("beforeend", form);
    const input = cell.querySelector<HTMLInputElement>("form :is(input:not([type=hidden]), select, textarea)");
    input?.focus();
    if (input && "select" in input) input.select();
  }

  private close(cell: HTMLElement): void {
    cell.querySelector("form")?.remove();
    cell.classList.remove("editing");
    cell.querySelector<HTMLElement>(".value")!.hidden = false;
    (cell.tabIndex >= 0 || cell.matches("td") ? cell : cell.querySelector<HTMLElement>(".pencil"))?.focus();
  }

  private submit = (event: SubmitEvent): void => {
    const form = (event.target as Element).closest<HTMLFormElement>(".inline-form");
    const cell = form?.closest<HTMLElement>("[data-edit]");
    if (!form || !cell) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const said = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    void this.save(cell, form, said);
  };

  /** Show what is typed, send it, and then what the server makes of it. */
  private async save(cell: HTMLElement, form: HTMLFormElement, said: URLSearchParams): Promise<void> {
    const value = cell.querySelector<HTMLElement>(".value")!;
    const before = value.innerHTML;
    const box = form.querySelector<HTMLInputElement | HTMLSelectElement>("input[type=checkbox], select");
    const typed = box instanceof HTMLSelectElement ? box.selectedOptions[0]?.textContent : box ? null : said.get(cell.dataset.edit!);
    form.hidden = true;
    value.hidden = false;
    value.classList.add("pending");
    if (typed !== null) value.textContent = typed?.trim() || "–";
    const undone = (): void => {
      value.innerHTML = before;
      value.classList.remove("pending");
    };
    try {
      const answer = await fetch(form.action, { method: "POST", body: said, headers: { accept: STREAM } });
      const text = await answer.text();
      if (answer.status === 422 || answer.status === 409) {
        undone();
        if (text.includes("inline-form")) this.show(cell, text);
        else notice(refusal(text) || words("failed"));
        return;
      }
      if (!answer.ok) throw new Error(refusal(text));
      value.classList.remove("pending");
      value.innerHTML = text;
      this.close(cell);
      const version = value.querySelector<HTMLElement>("[data-version]")?.dataset.version ?? "0";
      if (version !== "0") notice(this.dataset.saved!, { label: this.dataset.undo!, run: () => void this.undo(cell, version, before) });
    } catch (problem) {
      // What was typed is not lost: it can be sent again as it was, or changed.
      undone();
      form.hidden = false;
      value.hidden = true;
      notice((problem as Error).message && !(problem instanceof TypeError) ? (problem as Error).message : words("unsent"), {
        label: words("retry"), run: () => void this.save(cell, form, said),
      });
    }
  }

  private async undo(cell: HTMLElement, version: string, before: string): Promise<void> {
    try {
      const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
      const answer = await fetch(`${this.address(cell)}/undo`, {
        method: "POST", body: new URLSearchParams({ _csrf_token: token, version }), headers: { accept: STREAM },
      });
      if (!answer.ok) return notice(refusal(await answer.text()) || words("failed"));
      cell.querySelector<HTMLElement>(".value")!.innerHTML = before;
      notice(this.dataset.undone!);
    } catch {
      notice(words("unsent"), { label: words("retry"), run: () => void this.undo(cell, version, before) });
    }
  }
}

// What others change renews the page, but never a field that is being edited.
document.addEventListener("turbo:before-morph-element", (event) => {
  const here = event.target as Element;
  if (here.matches(".editing, .value.pending") || here.closest(".editing")) event.preventDefault();
});

customElements.define("hub-inline", Inline);
