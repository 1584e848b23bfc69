// A like or a bookmark shows when it is pressed, before the server has answered; what fails goes back to what it was.
import { words } from "./notice";

/** Show what this button does; the answer of this takes it back. */
export function showAhead(button: HTMLButtonElement | null): () => void {
  if (button?.matches("[aria-pressed][formaction*=\"/likes\"]:not([name])")) return like(button);
  if (button?.matches("[data-bookmark]")) return bookmark(button);
  return () => {};
}

function like(button: HTMLButtonElement): () => void {
  const before = button.cloneNode(true) as HTMLElement;
  const on = button.ariaPressed !== "true";
  button.ariaPressed = String(on);
  button.classList.toggle("on", on);
  // The last text is the word: before it may stand an icon or a face.
  const word = [...button.childNodes].reverse().find((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim());
  if (word) word.textContent = words(on ? "liked" : "like");
  return () => {
    button.ariaPressed = before.ariaPressed;
    button.className = before.className;
    button.replaceChildren(...before.childNodes);
  };
}

function bookmark(button: HTMLButtonElement): () => void {
  const bar = button.closest(".bar");
  const shown = bar?.querySelector<HTMLElement>(".state.kept");
  if (shown) {
    shown.hidden = true;
    return () => (shown.hidden = false);
  }
  const state = Object.assign(document.createElement("span"), { className: "state kept" });
  const icon = bar?.querySelector("svg")?.cloneNode(true) as Element | undefined;
  const use = icon?.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href")!.replace(/#.*/, "#bookmark"));
  if (icon) state.append(icon);
  bar?.querySelector(".grow")?.after(state);
  return () => state.remove();
}
