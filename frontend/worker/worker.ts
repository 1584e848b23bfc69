// The service worker. It keeps the shell (scripts, styles, icons: nothing of anybody's) and one page that says when no server
// answers. Pages, feeds and everything personal always come from the server: what one may see can change in a second.

declare const SHELL: string[]; // addresses with their hashes: build.mjs
declare const VERSION: string;

interface Extended extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extended {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", run: (event: Extended) => void): void;
  addEventListener(name: "fetch", run: (event: Fetching) => void): void;
}

const worker = self as unknown as Worker;
const NAME = `hubbub ${VERSION}`;
const OFFLINE = "/offline";

worker.addEventListener("install", (event) => {
  const kept = caches.open(NAME).then((cache) => cache.addAll([new Request(OFFLINE, { credentials: "omit" }), ...SHELL]));
  // No page is kept, so the newest worker fits every open tab.
  event.waitUntil(kept.then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (SHELL.includes(path)) {
    event.respondWith(caches.match(path).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) ?? Response.error()));
  }
});
