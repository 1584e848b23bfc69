// What I may no longer see leaves the page: items, rows of lists, names in links; a page that is all about it says so.
import * as Turbo from "@hotwired/turbo";
import { keyOf, type Message } from "./live";
import { notice, words } from "./notice";

let asked = ""; // the page that was asked for again last: never twice in a row, whatever it answers

document.addEventListener("hub:gone", (event) => {
  const topics = new Set((event as CustomEvent<Message>).detail.topics);
  const own = [...document.querySelectorAll<HTMLElement>("[data-live]")].find((one) => topics.has(one.dataset.live!));
  if (own) {
    // Nothing of it stays while the page is asked for again, which answers what there is now: nothing.
    own.replaceChildren();
    notice(words("gone"));
    if (asked !== location.href) Turbo.visit(location.href, { action: "replace" });
    asked = location.href;
    return;
  }
  for (const item of document.querySelectorAll<HTMLElement>(":is(.item, .told, .announced)[data-item]")) {
    if (topics.has(`item/${item.dataset.item}`)) item.remove();
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>("main a[href^='/r/']")) {
    if (!topics.has(`record/${keyOf(link)}`)) continue;
    const row = link.closest("th") ? link.closest("tr") : link.closest("li, .need, .live-card");
    if (row) row.remove();
    else link.replaceWith("–");
  }
});
