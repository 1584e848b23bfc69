// A box to write in: grows, counts near the limit, sends with Ctrl+Enter, keeps a draft for as long as the tab lives.

const MOST = 10_000;
const WARN = 500;

class Write extends HTMLElement {
  private area: HTMLTextAreaElement | null = null;

  connectedCallback(): void {
    this.area = this.querySelector("textarea");
    if (!this.area) return;
    // Typing or pasting past the limit is shown, not cut off silently.
    this.area.removeAttribute("maxlength");
    const draft = sessionStorage.getItem(this.name);
    if (draft && !this.area.value) this.area.value = draft;
    this.area.addEventListener("input", this.change);
    this.area.addEventListener("keydown", this.key);
    this.show();
  }

  disconnectedCallback(): void {
    this.area?.removeEventListener("input", this.change);
    this.area?.removeEventListener("keydown", this.key);
  }

  connectedMoveCallback(): void {}

  private get name(): string {
    const form = this.closest("form")!;
    const subject = form.querySelector<HTMLInputElement>("[name=subject]")?.value ?? "";
    return `draft ${form.getAttribute("action")} ${subject}`;
  }

  private change = (): void => {
    if (this.area!.value) sessionStorage.setItem(this.name, this.area!.value);
    else sessionStorage.removeItem(this.name);
    this.show();
  };

  private show(): void {
    const area = this.area!;
    if (!CSS.supports("field-sizing", "content")) {
      area.style.blockSize = "auto";
      if (area.value) area.style.blockSize = `${area.scrollHeight + 2}px`;
    }
    const left = MOST - [...area.value].length;
    const output = this.querySelector("output");
    if (output) {
      output.textContent = left <= WARN ? output.dataset.text!.replace("#", String(left)) : "";
      output.dataset.state = left < 0 ? "over" : "";
    }
    const button = this.querySelector<HTMLButtonElement>("button.primary");
    if (button) button.disabled = left < 0;
  }

  private key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.area!.value.trim()) {
      event.preventDefault();
      this.closest("form")!.requestSubmit(this.querySelector<HTMLButtonElement>("button.primary"));
    } else if (event.key === "Escape") {
      this.area!.blur();
    }
  };
}

customElements.define("hub-write", Write);

/** Forget the draft of a form whose text has arrived. */
export function forgetDraft(form: HTMLFormElement): void {
  const subject = form.querySelector<HTMLInputElement>("[name=subject]")?.value ?? "";
  sessionStorage.removeItem(`draft ${form.getAttribute("action")} ${subject}`);
}
