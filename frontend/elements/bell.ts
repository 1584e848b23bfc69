// The bell: counts what I have not seen while the page is open, and shows the newest in place. Without it, a link to the page.
import { reading, type Message } from "./live";
import { fetchStream } from "./send";

class Bell extends HTMLElement {
  private timer?: ReturnType<typeof setTimeout>;

  connectedCallback(): void {
    document.addEventListener("hub:live", this.hear);
    document.addEventListener("hub:gone", this.count);
    this.addEventListener("click", this.open);
  }

  disconnectedCallback(): void {
    document.removeEventListener("hub:live", this.hear);
    document.removeEventListener("hub:gone", this.count);
    this.removeEventListener("click", this.open);
    clearTimeout(this.timer);
  }

  private hear = (event: Event): void => {
    if ((event as CustomEvent<Message>).detail.topics?.includes("notices")) this.count();
  };

  private count = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void fetchStream(this.dataset.count!).catch(() => false), 30 + Math.random() * 270);
  };

  private open = async (event: MouseEvent): Promise<void> => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("#bell");
    const list = this.querySelector<HTMLElement>("[popover]");
    // A new tab is wanted, or there is no room: the page then.
    if (!link || !list?.showPopover || event.ctrlKey || event.metaKey || event.shiftKey || innerWidth < 600) return;
    event.preventDefault();
    if (list.matches(":popover-open")) return list.hidePopover();
    if (!(await reading(() => this.fill(list)))) return location.assign(link.href);
    list.showPopover();
    list.addEventListener("toggle", this.closed);
    list.focus();
    this.count();
  };

  private async fill(list: HTMLElement): Promise<boolean> {
    const answer = await fetch(this.dataset.url!, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return false;
    list.innerHTML = await answer.text();
    document.dispatchEvent(new CustomEvent("hub:rendered"));
    return true;
  }

  // The bell was replaced by its new count meanwhile: the browser would leave the focus nowhere.
  private closed = (event: Event): void => {
    const lost = document.activeElement === document.body || this.contains(document.activeElement);
    if ((event as ToggleEvent).newState === "closed" && lost) this.querySelector<HTMLElement>("#bell")?.focus();
  };
}

customElements.define("hub-bell", Bell);
