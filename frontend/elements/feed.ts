// A feed on the page: counts new posts instead of moving what is read, keeps talk fresh, fetches older posts.
import * as Turbo from "@hotwired/turbo";
import { land } from "./focus";
import { reading, type Message } from "./live";
import { fetchStream, shownComments } from "./send";

const MANY = 20;

class Feed extends HTMLElement {
  private pending = new Set<string>();
  private stale = new Map<string, ReturnType<typeof setTimeout>>();
  private actedAt = -Infinity;
  private answered = false;  // what is new to the reader here is not new, and stands among what is older

  connectedCallback(): void {
    document.addEventListener("hub:live", this.hear);
    document.addEventListener("hub:rendered", this.recount);
    document.addEventListener("hub:acted", this.acted);
    this.addEventListener("click", this.press);
  }

  disconnectedCallback(): void {
    document.removeEventListener("hub:live", this.hear);
    document.removeEventListener("hub:rendered", this.recount);
    document.removeEventListener("hub:acted", this.acted);
    this.removeEventListener("click", this.press);
    for (const timer of this.stale.values()) clearTimeout(timer);
    this.stale.clear();
  }

  private hear = (event: Event): void => {
    const message = (event as CustomEvent<Message>).detail;
    if (!message.id) return;
    if (message.type === "feed.item.created") {
      if (!message.topics?.includes(this.dataset.live!)) return;
      this.pending.add(message.id);
      this.recount();
      if (this.pending.size && performance.now() - this.actedAt < 1500 && !("paused" in this.dataset)) void this.fetchNew();
    } else if (message.type === "feed.item.deleted") {
      this.pending.delete(message.id);
      document.querySelector(`.announced[data-item="${message.id}"]`)?.remove();
      const gone = document.getElementById(`item-${message.id}`);
      // The word of a deletion may come after its undo: what was restored is asked for, all else goes at once.
      if (gone && "restored" in gone.dataset) this.refresh(message.id);
      else if (gone) this.bury(gone);
      this.recount();
    } else if (message.type === "feed.topic.removed" && this.dataset.live === `topic/${message.parent}`) {
      document.getElementById(`item-${message.id}`)?.remove();
    } else if (message.type === "feed.topic.changed") {
      if (this.dataset.live === `topic/${message.id}`) Turbo.visit(`/t/${message.id}`, { action: "replace" });
    } else if (message.type.startsWith("feed.announcement.")) {
      if (document.getElementById("announcements")) fetchStream("/announcements/bar").catch(() => {});
    } else if (message.type.startsWith("records.")) {
      // What a card shows of a record is read anew, with the reader's eyes.
      for (const card of this.querySelectorAll<HTMLElement>(".item [data-record]")) {
        if (message.topics?.includes(`record/${card.dataset.record}`)) this.refresh(card.closest<HTMLElement>(".item")!.dataset.item!);
      }
    } else if (message.type.startsWith("feed.")) {
      if (message.type === "feed.comment.created" && message.parent && this.dataset.live === "to"
        && message.topics?.includes("to") && !document.getElementById(`item-${message.parent}`)) {
        this.pending.add(message.parent);
        this.answered = true;
        this.recount();
      }
      this.refresh(message.id);
      if (message.parent) this.refresh(message.parent);
    }
  };

  /** Fetch the likes and comments of a shown item: once for many messages, and not everybody at the same moment. */
  private refresh(id: string): void {
    const shown = (): HTMLElement | null => document.querySelector(`#item-${id}:not([data-undo])`);
    if (this.stale.has(id) || !shown()) return;
    this.stale.set(id, setTimeout(() => {
      this.stale.delete(id);
      const item = shown();
      if (item) fetchStream(`/posts/${id}/fragment?part=talk`, shownComments(item)).catch(() => {});
    }, 30 + Math.random() * 270));
  }

  /** Take an item away, and keep its place: the answer to my own deletion may still come, and its undo. */
  private bury(item: HTMLElement): void {
    const place = Object.assign(document.createElement("div"), { id: item.id, hidden: true });
    place.dataset.undo = "";
    const held = item.contains(document.activeElement);
    item.replaceWith(place);
    if (held) land(place.nextElementSibling?.id, "main");
  }

  private recount = (): void => {
    const pill = this.querySelector<HTMLButtonElement>(".new-posts button");
    if (!pill) return;
    for (const id of this.pending) if (document.getElementById(`item-${id}`)) this.pending.delete(id);
    const count = this.pending.size;
    pill.hidden = count === 0 || "paused" in this.dataset;
    pill.textContent = count === 1 ? this.dataset.one! : this.dataset.many!.replace("#", String(count));
  };

  private acted = (): void => {
    this.actedAt = performance.now();
  };

  private press = (event: Event): void => {
    const target = event.target as Element;
    if (target.closest(".new-posts button")) {
      void this.showNew();
    } else if (target.closest("#feed-older a") && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) {
      event.preventDefault();
      void reading(() => this.showOlder(target.closest("a")!));
    }
  };

  private async fetchNew(): Promise<boolean> {
    const newest = this.querySelector<HTMLElement>(".item")?.dataset.item ?? "";
    const got = await fetchStream(`${this.dataset.url}&since=${newest}`).catch(() => false);
    if (got) {
      this.pending.clear();
      this.recount();
    }
    return got;
  }

  private async showNew(): Promise<void> {
    if (this.answered || this.pending.size > MANY || !(await this.fetchNew())) {
      Turbo.visit(location.href, { action: "replace" });
      return;
    }
    this.scrollIntoView({ block: "start" });
    this.querySelector<HTMLElement>(".item")?.focus({ preventScroll: true });
  }

  private async showOlder(link: HTMLAnchorElement): Promise<void> {
    link.ariaBusy = "true";
    try {
      const answer = await fetch(link.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const items = [...page.querySelectorAll<HTMLElement>("#feed-items > .item")];
      const older = page.getElementById("feed-older");
      if (!answer.ok || !older) throw new Error();
      const fresh = items.filter((item) => !document.getElementById(item.id));
      this.querySelector("#feed-items")?.append(...fresh);
      this.querySelector("#feed-older")?.replaceWith(older);
      document.dispatchEvent(new CustomEvent("hub:rendered"));
      fresh[0]?.focus({ preventScroll: true });
    } catch {
      Turbo.visit(link.href);
    }
  }
}

customElements.define("hub-feed", Feed);
