// What was sent and is not confirmed yet, as it will stand in the page.

/** Put what is being sent into the page; none where there is no place for it. */
export function pending(form: HTMLFormElement, said: URLSearchParams): HTMLElement | null {
  const comment = form.matches(".comment-form");
  const place = comment ? form.parentElement?.querySelector(".comments") : document.getElementById("feed-items");
  const model = form.querySelector<HTMLTemplateElement>("template.pending") ?? document.querySelector<HTMLTemplateElement>("template.pending");
  if (!place || !model || (!comment && document.querySelector("hub-feed[data-paused]"))) return null;
  const shown = document.createElement(comment ? "div" : "article");
  shown.className = comment ? "comment sending" : "card item sending";
  shown.append(model.content.cloneNode(true));
  const avatar = form.querySelector(".avatar");
  if (avatar) shown.prepend(avatar.cloneNode(true));
  const text = shown.querySelector(".text")!;
  text.textContent = [said.get("title"), form.querySelector<HTMLElement>(".ProseMirror")?.innerText.trim().replace(/\n+/g, "\n") || said.get("text"), ...said.getAll("choice").map((one) => one && `○ ${one}`)].filter(Boolean).join("\n");
  if (comment) place.append(shown);
  else place.prepend(shown);
  return shown;
}

/** It did not arrive: say why, and offer to send it again or to take it back into the box. */
export function failed(shown: HTMLElement, reason: string, again: () => void, back: () => void): void {
  shown.classList.add("failed");
  const why = shown.querySelector<HTMLElement>(".why")!;
  why.querySelector("span")!.textContent = reason;
  why.hidden = false;
  shown.querySelector<HTMLElement>(".state")!.hidden = true;
  const [retry, edit] = shown.querySelectorAll<HTMLButtonElement>("button");
  retry!.onclick = () => {
    shown.classList.remove("failed");
    why.hidden = true;
    shown.querySelector<HTMLElement>(".state")!.hidden = false;
    again();
  };
  edit!.onclick = back;
}

/** The server's answer without the empty box that it brings: the box is empty already, and may be in use again. */
export function shownOnce(stream: string): string {
  const parsed = new DOMParser().parseFromString(stream, "text/html");
  for (const each of parsed.querySelectorAll("turbo-stream[target=composer], turbo-stream[target^=comment-form-]")) {
    // A box for a reply gives way to the usual one.
    if (!document.querySelector(`#${each.getAttribute("target")} .replying`)) each.remove();
  }
  // What the live line has brought in meanwhile is there already.
  for (const each of parsed.querySelectorAll<HTMLTemplateElement>("turbo-stream[action=prepend] > template")) {
    for (const item of each.content.querySelectorAll(".item[id]")) document.getElementById(item.id)?.remove();
  }
  return parsed.body.innerHTML;
}
