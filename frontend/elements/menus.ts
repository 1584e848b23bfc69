// Menus are <details>: here they close like menus. And the few links and buttons that script makes nicer.
import { openPalette } from "./keys";
import { notice, words } from "./notice";

const FOLDED = "hubbub.folded.";

function foldAgain(page: ParentNode): void {
  for (const part of page.querySelectorAll<HTMLDetailsElement>("details[data-keep]")) {
    if (localStorage.getItem(FOLDED + part.dataset.keep)) part.open = false;
  }
}

export function listenToMenus(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const inside = target.closest("details.menu");
    for (const menu of openMenus()) if (menu !== inside) menu.open = false;
    const done = target.closest(".menu-list a, .menu-list button");
    if (inside && done) shut(inside as HTMLDetailsElement);

    const opener = target.closest<HTMLElement>("[data-open]");
    if (opener) document.querySelector<HTMLDialogElement>(`#${opener.dataset.open}`)?.showModal();

    if (target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openPalette();
    }

    const copy = target.closest<HTMLAnchorElement>("[data-copy]");
    if (copy && navigator.clipboard && !(event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      navigator.clipboard.writeText(copy.href).then(() => notice(words("copied")), () => location.assign(copy.href));
    }
    const box = target.closest("[data-compose]") ? document.querySelector<HTMLElement>("#composer-text")
      : target.closest<HTMLAnchorElement>("[data-comment]") ? commentBox(target) : null;
    if (box) {
      event.preventDefault();
      box.focus();
    }
  });
  // What somebody folded stays folded in this browser: the new page comes with it folded.
  foldAgain(document);
  document.addEventListener("turbo:before-render", (event) => foldAgain((event as CustomEvent<{ newBody: HTMLElement }>).detail.newBody));
  document.addEventListener("toggle", (event) => {
    const part = event.target as HTMLDetailsElement;
    if (part.open && part.matches("main .menu, main .menu *")) (part.querySelector(".menu-list") ?? part).scrollIntoView({ block: "nearest" });
    if (!part.dataset.keep) return;
    if (part.open) localStorage.removeItem(FOLDED + part.dataset.keep);
    else localStorage.setItem(FOLDED + part.dataset.keep, "yes");
  }, true);
  // A choice that is an act by itself; without a script a button beside it sends it.
  document.addEventListener("change", (event) => {
    (event.target as Element).closest<HTMLSelectElement>("select[data-send]")?.form?.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach(shut);
  });
  document.addEventListener("focusout", (event) => {
    const to = event.relatedTarget as Node | null;
    if (to) for (const menu of openMenus()) if (!menu.contains(to)) menu.open = false;
  });
  document.addEventListener("turbo:before-cache", () => {
    for (const menu of openMenus()) menu.open = false;
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  });
  // What happens elsewhere changes what stands around a menu; it does not close it.
  document.addEventListener("turbo:before-morph-attribute", (event) => {
    const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
    if (attributeName === "open" && (event.target as Element).matches("details")) event.preventDefault();
  });
  // "/#composer" from the bar on phones.
  document.addEventListener("turbo:load", () => {
    if (location.hash === "#composer") document.getElementById("composer-text")?.focus();
  });
}

/** What had the focus goes with the list: it comes to the menu's button, and not to the top of the page. */
function shut(menu: HTMLDetailsElement): void {
  if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
  menu.open = false;
}

function openMenus(): NodeListOf<HTMLDetailsElement> {
  return document.querySelectorAll("details.menu[open]");
}

function commentBox(within: Element): HTMLElement | null {
  return within.closest(".item")?.querySelector<HTMLElement>(".comment-form .box") ?? null;
}
