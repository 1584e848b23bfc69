// A short word at the foot of the page, read out by screen readers, with at most one thing to do.
import { land } from "./focus";

export function notice(text: string, action?: { label: string; run: () => void }): void {
  const place = document.getElementById("notices");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "notice";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.label });
    button.addEventListener("click", () => {
      leave(box);
      action.run();
    });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "close", textContent: "×", ariaLabel: words("close") });
    close.addEventListener("click", () => leave(box));
    box.append(button, close);
  } else {
    setTimeout(() => box.remove(), 6000);
  }
  place.replaceChildren(box);
}

/** Take it away; who stood in it goes on from the content, not from the top of the page. */
function leave(box: HTMLElement): void {
  const within = box.contains(document.activeElement);
  box.remove();
  if (within) land("main");
}

/** A text of the page in the viewer's language, from the data attributes of <hub-live>. */
export function words(name: string): string {
  return document.querySelector<HTMLElement>("hub-live")?.dataset[name] ?? "";
}
