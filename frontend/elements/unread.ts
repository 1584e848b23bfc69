// What was scrolled past is read, here and on every other device of the reader; and counts of what is unread stay true.
import { fetchStream, render } from "./send";
import type { Message } from "./live";

let passed = new Set<string>();
let sending: ReturnType<typeof setTimeout> | undefined;
let asking: ReturnType<typeof setTimeout> | undefined;

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    // Below the fold is not read; what has left the screen at its top is.
    const gone = !entry.isIntersecting && entry.boundingClientRect.bottom <= (entry.rootBounds?.top ?? 0);
    if (gone && !document.hidden) read(entry.target as HTMLElement);
  }
});

function read(item: HTMLElement): void {
  watcher.unobserve(item);
  passed.add(item.dataset.item!);
  sending ??= setTimeout(() => void send(), 1000);
}

async function send(): Promise<void> {
  sending = undefined;
  const items = [...passed];
  passed = new Set();
  const feed = feedShown();
  if (items.length && !(await post(`/feeds/${feed}/seen`, { items: items.join(",") }))) items.forEach((id) => passed.add(id));
}

/** Posts a small form, and applies the answer; tells whether it arrived. */
async function post(address: string, fields: Record<string, string>): Promise<boolean> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  try {
    const answer = await fetch(address, {
      method: "POST",
      keepalive: true,
      headers: { accept: "text/vnd.turbo-stream.html, text/html" },
      body: new URLSearchParams({ _csrf_token: token, ...fields }),
    });
    if (!answer.ok) return false;
    await render(await answer.text());
    return true;
  } catch {
    return false;
  }
}

/** By which topic the feed on the page is counted; a page without one has only the counts beside the feeds' names. */
function feedShown(): string {
  return document.querySelector<HTMLElement>("hub-feed#feed")?.dataset.topic || "me";
}

function watch(): void {
  for (const item of document.querySelectorAll<HTMLElement>(".item[data-unread]")) watcher.observe(item);
}

function ask(wait: number): void {
  clearTimeout(asking);
  asking = setTimeout(() => {
    const shown = [...document.querySelectorAll<HTMLElement>(".new-dot")].map((dot) => dot.id.slice(4)).slice(0, 100);
    fetchStream(`/feeds/${feedShown()}/unread?shown=${shown.join(",")}`).catch(() => {});
  }, wait);
}

export function keepCounts(): void {
  document.addEventListener("turbo:load", () => {
    watch();
    const opened = document.querySelector<HTMLElement>("[data-read]");
    if (opened) void post(opened.dataset.read!, {});
  });
  document.addEventListener("hub:rendered", watch);
  document.addEventListener("hub:live", (event) => {
    const message = (event as CustomEvent<Message>).detail;
    if (message.type === "feed.mark.changed" && message.topics?.includes("me")) ask(200);
    else if (/^feed\.item\.(created|deleted|restored)$/.test(message.type)) ask(1000 + Math.random() * 3000);
  });
  // What was scrolled past just before leaving.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && passed.size) void send();
  });
  // A notice that can be undone goes by itself, but not while somebody is at it.
  document.addEventListener("hub:rendered", () => {
    for (const box of document.querySelectorAll<HTMLElement>(".notice[data-passing]:not([data-timed])")) {
      box.dataset.timed = "";
      const pass = (): void => (box.matches(":hover, :focus-within") ? void setTimeout(pass, 5000) : box.remove());
      setTimeout(pass, 20_000);
    }
  });
}
