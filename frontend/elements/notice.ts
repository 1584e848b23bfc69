// A short word at the foot of the page, read out by screen readers, with at most one thing to do.

export function notice(text: string, action?: { label: string; run: () => void }): void {
  const place = document.getElementById("notices");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "notice";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.label });
    button.addEventListener("click", () => {
      box.remove();
      action.run();
    });
    box.append(button);
  } else {
    setTimeout(() => box.remove(), 6000);
  }
  place.replaceChildren(box);
}

/** A text of the page in the viewer's language, from the data attributes of <hub-live>. */
export function words(name: string): string {
  return document.querySelector<HTMLElement>("hub-live")?.dataset[name] ?? "";
}
