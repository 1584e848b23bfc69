// What a stream replaces takes the focus with it: it comes back to what has the same id. Turbo does so, too, but gives it
// back a frame later to what had it before, also when somebody has gone on to another field in that frame.
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
    let held: string | undefined;
    paint(() => (held = document.activeElement?.id));
    document.documentElement.append(fragment);
    paint(() => {
      for (const id of [held, asking?.id]) {
        if (id && document.activeElement === document.body) document.getElementById(id)?.focus();
      }
    });
  };
}
