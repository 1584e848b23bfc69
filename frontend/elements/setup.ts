// Setup: work that goes on is looked at again, and a sharing rule is counted while it is written.

async function pageAt(address: string): Promise<Document | null> {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  return answer.redirected ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Around a list: while something in it is [data-going], each of its [data-fresh] is read anew every second. */
class Fresh extends HTMLElement {
  private timer?: ReturnType<typeof setTimeout>;

  connectedCallback(): void {
    this.wait();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    clearTimeout(this.timer);
    if (this.querySelector("[data-going]")) this.timer = setTimeout(() => void this.look(), 1000);
  }

  private async look(): Promise<void> {
    const page = document.hidden ? null : await pageAt(location.href).catch(() => null);
    if (page) {
      for (const old of this.querySelectorAll<HTMLElement>("[data-fresh]")) {
        const now = page.getElementById(old.id);
        if (now && now.outerHTML !== old.outerHTML) old.replaceWith(document.importNode(now, true));
      }
    }
    if (this.isConnected) this.wait();
  }
}

/** Around the form of a rule: once it says enough to be counted, it is, whenever something in it changes. */
class Count extends HTMLElement {
  private timer?: ReturnType<typeof setTimeout>;
  private asked = 0;

  connectedCallback(): void {
    this.addEventListener("input", this.changed);
  }

  disconnectedCallback(): void {
    this.removeEventListener("input", this.changed);
    clearTimeout(this.timer);
  }

  private changed = (): void => {
    this.querySelector("#counted")?.replaceChildren();
    this.asked += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.count(this.asked), 500);
  };

  private async count(number: number): Promise<void> {
    const form = this.querySelector("form")!;
    const button = form.querySelector<HTMLButtonElement>("button[formmethod=get]")!;
    const said = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    const page = await pageAt(`${button.getAttribute("formaction")}?${said}`).catch(() => null);
    // What was typed meanwhile is counted next; until then nothing is said.
    if (number === this.asked) this.querySelector("#counted")?.replaceChildren(...(page?.getElementById("counted")?.childNodes ?? []));
  }
}

customElements.define("hub-fresh", Fresh);
customElements.define("hub-count", Count);
