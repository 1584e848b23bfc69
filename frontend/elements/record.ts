// A record's page: when the record changes, its highlights, path and details are fetched anew.
import * as Turbo from "@hotwired/turbo";
import type { Message } from "./live";
import { fetchStream } from "./send";

class RecordPage extends HTMLElement {
  private timer?: ReturnType<typeof setTimeout>;

  connectedCallback(): void {
    document.addEventListener("hub:live", this.hear);
  }

  disconnectedCallback(): void {
    document.removeEventListener("hub:live", this.hear);
    clearTimeout(this.timer);
  }

  private hear = (event: Event): void => {
    const message = (event as CustomEvent<Message>).detail;
    if (!message.type.startsWith("records.") || !message.topics?.includes(this.dataset.live!)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const shown = await fetchStream(this.dataset.url!).catch(() => true);
      // Deleted, or not shared with me any more: the page itself says so.
      if (!shown && this.isConnected) Turbo.visit(location.href, { action: "replace" });
    }, 30 + Math.random() * 270);
  };
}

customElements.define("hub-record", RecordPage);
