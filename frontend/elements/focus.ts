// What a stream or a new page replaces takes the focus with it. It comes back to what has the same id, else to the post in which
// it was, or the next one, else to the content: never to the top of the page, where nobody was. Turbo gives it back by id, too,
// but a frame later, also when somebody has gone on to another field in that frame.
import * as Turbo from "@hotwired/turbo";

interface Renderer {
  render: (message: { fragment: DocumentFragment }) => void;
}

export function keepFocus(): void {
  const { streamMessageRenderer } = Turbo.session as unknown as { streamMessageRenderer: Renderer };
  streamMessageRenderer.render = ({ fragment }) => {
    const asking = [...fragment.querySelectorAll("template")].map((one) => one.content.querySelector("[autofocus]")).find(Boolean);
    if (asking) asking.id ||= `asks-${Math.random()}`;
    // Streams act at the next paint, in the order in which they asked for it: the one asks before them, the other after.
    const paint = document.hidden ? setTimeout : requestAnimationFrame;
    let held = document.body as Element;
    let item: Element | null;
    let next: Element | null | undefined;
    paint(() => {
      held = document.activeElement ?? held;
      item = held.closest(".item");
      next = item?.nextElementSibling;
    });
    document.documentElement.append(fragment);
    paint(() => {
      const lost = held !== document.body;
      land(held.id, asking?.id, item?.id, next?.id, lost ? "main" : "");
    });
  };
  // Screen readers hear of a page that was not loaded only by what has the focus in it.
  document.addEventListener("turbo:render", () => land("main"));
}

/** Give the focus to the first of these that takes it, if nothing has it. */
export function land(...ids: (string | undefined)[]): void {
  for (const id of ids) {
    if (id && document.activeElement === document.body) document.getElementById(id)?.focus({ preventScroll: id === "main" });
  }
}
