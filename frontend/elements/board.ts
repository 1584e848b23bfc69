// A board of cards by stages. Drag one, or move the one that has the focus with Alt and an arrow: it stands there at once, and
// goes back if it was refused. What others move is fetched, card by card, with my own eyes. Without script each card has a form.
import * as Turbo from "@hotwired/turbo";
import type { Message } from "./live";
import { notice } from "./notice";
import { fetchStream, refusal } from "./send";

const TYPE = "text/x-hub-card";

// The card that the keyboard moved. It keeps the focus through all that fetches it anew, until something else has it.
let moved = "";
document.addEventListener("focusin", (event) => {
  if ((event.target as Element).closest(".board-card")?.id !== moved) moved = "";
});

class Board extends HTMLElement {
  private waiting = new Set<string>();
  private timer?: ReturnType<typeof setTimeout>;

  connectedCallback(): void {
    this.addEventListener("dragstart", this.take);
    this.addEventListener("dragover", this.over);
    this.addEventListener("dragleave", this.leave);
    this.addEventListener("drop", this.drop);
    this.addEventListener("dragend", this.rest);
    this.addEventListener("keydown", this.press);
    this.addEventListener("submit", this.submit);
    document.addEventListener("hub:live", this.hear);
    for (const card of this.cards()) prepare(card);
  }

  disconnectedCallback(): void {
    document.removeEventListener("hub:live", this.hear);
    clearTimeout(this.timer);
  }

  private cards(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".board-card[data-movable]")];
  }

  private lanes(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".lane")];
  }

  // --- by mouse

  private take = (event: DragEvent): void => {
    const card = (event.target as Element).closest<HTMLElement>(".board-card[data-movable]");
    if (!card || !event.dataTransfer) return;
    event.dataTransfer.setData(TYPE, card.dataset.record!);
    event.dataTransfer.effectAllowed = "move";
    card.classList.add("held");
  };

  private over = (event: DragEvent): void => {
    const lane = (event.target as Element).closest<HTMLElement>(".lane");
    if (!lane?.dataset.stage || !event.dataTransfer?.types.includes(TYPE)) return;
    event.preventDefault();
    for (const each of this.lanes()) each.classList.toggle("aimed", each === lane);
  };

  private leave = (event: DragEvent): void => {
    if (!this.contains(event.relatedTarget as Node | null)) for (const each of this.lanes()) each.classList.remove("aimed");
  };

  private drop = (event: DragEvent): void => {
    const lane = (event.target as Element).closest<HTMLElement>(".lane");
    const key = event.dataTransfer?.getData(TYPE);
    const card = key ? this.querySelector<HTMLElement>(`#card-${CSS.escape(key)}`) : null;
    if (!lane?.dataset.stage || !card) return;
    event.preventDefault();
    void this.move(card, lane.dataset.stage);
  };

  private rest = (): void => {
    for (const each of this.querySelectorAll(".aimed, .held")) each.classList.remove("aimed", "held");
  };

  // --- by keyboard

  private press = (event: KeyboardEvent): void => {
    const card = (event.target as Element).closest<HTMLElement>(".board-card");
    if (!card || !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rtl = getComputedStyle(this).direction === "rtl";
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const forward = event.key === "ArrowDown" || event.key === (rtl ? "ArrowLeft" : "ArrowRight");
    if ((event.target as Element).closest("select, details[open] form")) return;
    if (event.altKey) {
      event.preventDefault(); // Alt and left would leave the page
      if (!sideways || !("movable" in card.dataset)) return;
      const open = this.lanes().filter((each) => each.dataset.stage);
      const at = open.findIndex((each) => each.dataset.stage === card.dataset.stage);
      const to = open[at + (forward ? 1 : -1)];
      if (to) void this.move(card, to.dataset.stage!, true);
      return;
    }
    // Without Alt the arrows go from card to card.
    event.preventDefault();
    const lane = card.closest<HTMLElement>(".lane")!;
    const step = forward ? 1 : -1;
    let next: HTMLElement | null | undefined;
    if (sideways) {
      const all = this.lanes();
      for (let at = all.indexOf(lane) + step; all[at] && !next; at += step) next = all[at]!.querySelector<HTMLElement>(".board-card");
    } else {
      next = (forward ? card.nextElementSibling : card.previousElementSibling) as HTMLElement | null;
    }
    next?.querySelector<HTMLElement>(".card-name")?.focus();
  };

  // --- by its form

  private submit = (event: SubmitEvent): void => {
    const form = (event.target as Element).closest<HTMLFormElement>(".card-move");
    const card = form?.closest<HTMLElement>(".board-card");
    if (!form || !card) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.closest("details")!.open = false;
    void this.move(card, String(new FormData(form).get("stage")), true);
  };

  // --- the move itself

  private async move(card: HTMLElement, stage: string, focus = false, undoes?: string): Promise<void> {
    const from = card.dataset.stage!;
    if (from === stage || card.ariaBusy === "true") return;
    const name = card.querySelector(".card-name")!.textContent!.trim();
    const back = { lane: card.parentElement!, before: card.nextElementSibling };
    card.ariaBusy = "true";
    this.put(card, stage, focus);
    try {
      const body = new URLSearchParams({ _csrf_token: token(), ...(undoes ? { version: undoes } : { stage }) });
      const answer = await fetch(`/r/${card.dataset.record}/${undoes ? "undo" : "stage"}`, {
        method: "POST", body, headers: { accept: "text/vnd.turbo-stream.html", prefer: "return=minimal" },
      });
      if (!answer.ok) throw new Error(refusal(await answer.text()));
      card.ariaBusy = null;
      const label = this.label(stage);
      // Without a version nothing changed: somebody else had moved it there already.
      const version = answer.headers.get("x-version");
      const said = `${name}: ${undoes ? this.dataset.undone : version ? this.dataset.moved : this.dataset.same} ${label}`;
      notice(said, version ? { label: this.dataset.undo!, run: () => void this.move(this.now(card), from, focus, version) } : undefined);
      this.ask(card.dataset.record!);
    } catch (problem) {
      card.ariaBusy = null;
      card.dataset.stage = from;
      back.lane.insertBefore(card, back.before?.parentElement === back.lane ? back.before : null);
      if (focus) card.querySelector<HTMLElement>(".card-name")?.focus();
      const said = `${name}: ${this.dataset.failed} ${(problem as Error).message}`.trim();
      notice(said, undoes ? undefined : { label: document.querySelector<HTMLElement>("hub-live")?.dataset.retry ?? "", run: () => void this.move(this.now(card), stage, focus) });
    }
  }

  /** The card as it stands now: it may have been fetched anew. */
  private now(card: HTMLElement): HTMLElement {
    return this.querySelector<HTMLElement>(`#${card.id}`) ?? card;
  }

  private put(card: HTMLElement, stage: string, focus: boolean): void {
    const lane = this.lanes().find((each) => each.dataset.stage === stage);
    if (!lane) return;
    card.dataset.stage = stage;
    lane.querySelector(".lane-cards")!.prepend(card);
    if (focus) {
      card.querySelector<HTMLElement>(".card-name")?.focus();
      moved = card.id;
      card.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  private label(stage: string): string {
    return this.lanes().find((each) => each.dataset.stage === stage)?.querySelector("h2")?.textContent?.trim() ?? stage;
  }

  // --- what others do

  private hear = (event: Event): void => {
    const message = (event as CustomEvent<Message>).detail;
    if (!message.type.startsWith("records.record.")) return;
    // Of any record of this object: it may have come to stand here, or have left.
    if (message.id && message.topics?.includes(this.dataset.live!)) this.ask(message.id);
  };

  private ask(key: string): void {
    this.waiting.add(key);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const keys = [...this.waiting];
      this.waiting.clear();
      if (!this.isConnected) return;
      for (const each of keys) void fetchStream(this.dataset.card!.replace("KEY", each)).catch(() => false);
    }, 30 + Math.random() * 270);
  }
}

function prepare(card: HTMLElement): void {
  card.draggable = "movable" in card.dataset;
}

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

// A card that was fetched: it is renewed in its place, or at the top of its stage. It stays the element that it is, so that
// the focus stays on it, and comes back to it from a dialog.
const actions = Turbo.StreamActions as Record<string, (this: Element & { targetElements: Element[]; templateContent: DocumentFragment }) => void>;
actions.card = function () {
  const fresh = this.templateContent.querySelector<HTMLElement>(".board-card");
  const lane = this.targetElements[0];
  if (!fresh || !lane) return;
  const card = document.getElementById(fresh.id) ?? fresh;
  const focused = card.contains(document.activeElement);
  if (card.parentElement !== lane) lane.prepend(card);
  if (card !== fresh) Turbo.morphElements(card, fresh);
  prepare(card);
  if (focused) card.querySelector<HTMLElement>(".card-name")?.focus();
};
document.addEventListener("hub:rendered", () => {
  if (moved && document.activeElement?.matches("body, main")) document.getElementById(moved)?.querySelector<HTMLElement>(".card-name")?.focus();
  for (const card of document.querySelectorAll<HTMLElement>(".board-card[data-movable]:not([draggable])")) prepare(card);
});

customElements.define("hub-board", Board);
