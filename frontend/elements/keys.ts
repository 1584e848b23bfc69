// Single-key shortcuts, listed by "?" and switched off there (WCAG 2.1.4).

declare const PALETTE: string; // its address: build.mjs

const OFF = "hubbub.keys";

/** The command palette; without its script, the page that does the same. */
export function openPalette(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#palette");
  if (!dialog) return location.assign("/jump");
  if (dialog.open) return dialog.close();
  dialog.querySelector("input")!.value = "";
  dialog.showModal(); // at once: what is typed while the script is on its way is not lost
  (import(PALETTE) as Promise<{ open: () => void }>).then(({ open }) => open(), () => location.assign("/jump"));
}

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      if (!document.querySelector("#palette")) return; // nobody is signed in
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target.isContentEditable || target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (event.key !== "?" && localStorage.getItem(OFF) === "off") return;
    if (run(event.key, target)) event.preventDefault();
  });
  document.addEventListener("turbo:load", () => {
    const choice = document.querySelector<HTMLInputElement>("#shortcuts-on");
    if (!choice) return;
    choice.checked = localStorage.getItem(OFF) !== "off";
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "off");
    });
  });
}

function run(key: string, target: HTMLElement): boolean {
  const items = [...document.querySelectorAll<HTMLElement>(".item")];
  const chosen = document.querySelector<HTMLElement>(".item.chosen") ?? target.closest<HTMLElement>(".item");
  switch (key) {
    case "j":
    case "k":
      return choose(items, chosen, key === "j" ? 1 : -1);
    case "l":
      return press(chosen?.querySelector("[data-like]"));
    case "b":
      return press(chosen?.querySelector("[data-bookmark]"));
    case "/":
      openPalette();
      return true;
    case "c":
      return focus(chosen?.querySelector(".comment-form .box") ?? document.querySelector("#composer-text"));
    case "n":
      return press(document.querySelector(".new-posts button:not([hidden])"));
    case "u":
      return press(document.querySelector("#notices .notice button"));
    case "Enter":
      return target === chosen && press(chosen.querySelector(".item-head .quiet-link"));
    case "?": {
      const list = document.querySelector<HTMLDialogElement>("#shortcuts");
      list?.showModal();
      return !!list;
    }
    default:
      return false;
  }
}

function choose(items: HTMLElement[], chosen: HTMLElement | null, step: number): boolean {
  const next = items[chosen ? items.indexOf(chosen) + step : 0];
  if (!next) return false;
  chosen?.classList.remove("chosen");
  next.classList.add("chosen");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  return true;
}

function press(button: Element | null | undefined): boolean {
  (button as HTMLElement | null | undefined)?.click();
  return !!button;
}

function focus(box: Element | null | undefined): boolean {
  (box as HTMLElement | null | undefined)?.focus();
  return !!box;
}
