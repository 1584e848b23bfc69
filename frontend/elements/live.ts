// One socket a tab, held here and not in the element: it survives Turbo's navigation.
// In: {type, id, parent, topics, cursor}. It says only what happened to which id; elements fetch with their own eyes.
import * as Turbo from "@hotwired/turbo";
import { notice, words } from "./notice";

export interface Message {
  type: string;
  id?: string;
  parent?: string;
  topics?: string[];
  cursor?: string;
  reach?: string;
}

let socket: WebSocket | null = null;
let cursor = "";
let reach = "";
let told = "";
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let brokenTimer: ReturnType<typeof setTimeout> | undefined;
let leaving = false;

// What is being read into the page, oldest first: where the log stood when that began, and what was heard since.
interface Read { since: string; heard: Message[] }
const reads = new Set<Read>();

/** Read something into the page. What comes may be older than what was heard meanwhile: that is told again after it. */
export async function reading<T>(read: () => Promise<T>): Promise<T> {
  const now: Read = { since: cursor, heard: [] };
  reads.add(now);
  try {
    return await read();
  } finally {
    reads.delete(now);
    now.heard.forEach(tell);
  }
}

addEventListener("beforeunload", () => { leaving = true; });

/** What the page is about, and each item and record that it shows: should I lose sight of one, I am told. */
function topics(): string[] {
  const main = document.querySelectorAll<HTMLElement>("[data-live]");
  const items = document.querySelectorAll<HTMLElement>(":is(.item, .told, .announced)[data-item]");
  const links = document.querySelectorAll<HTMLAnchorElement>("main a[href^='/r/']");
  return [...new Set([
    "notices",
    ...[...main].map((one) => one.dataset.live!),
    ...[...items].map((one) => `item/${one.dataset.item}`),
    ...[...links].map((one) => `record/${keyOf(one)}`),
  ])].filter(Boolean); // a feed that nothing tells of has an empty topic
}

/** The record to whose page a link leads. */
export function keyOf(link: HTMLAnchorElement): string {
  return link.pathname.split("/")[2] ?? "";
}

function greet(): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  told = topics().join();
  socket.send(JSON.stringify({ cursor, reach, topics: told ? told.split(",") : [] }));
}

function connect(): void {
  clearTimeout(timer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const here = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket = here;
  here.addEventListener("open", () => {
    greet();
  });
  here.addEventListener("message", (event) => {
    if (here === socket) receive(JSON.parse(event.data) as Message);
  });
  here.addEventListener("close", (event) => {
    if (here !== socket) return;
    socket = null;
    if (event.code === 4401) return;
    brokenTimer ??= setTimeout(() => show("broken"), 3000);
    // Spread out, so that a restarted server is not met by everybody at once.
    timer = setTimeout(connect, Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random()));
  });
}

function receive(message: Message): void {
  tries = 0;
  clearTimeout(brokenTimer);
  brokenTimer = undefined;
  show("live");
  if (message.cursor) cursor = message.cursor;
  switch (message.type) {
    case "ready":
      return;
    case "closed":
      // The session has ended: the page of nobody says so, and leads back here. A page that is being left, as where one goes
      // on in another company, is on its way already.
      setTimeout(() => location.reload(), leaving ? 10_000 : 0);
      return;
    case "behind":
      reload();
      return;
    case "reach":
      // Other fields than before may be read: what is shown is read anew.
      reach = message.reach ?? "";
      Turbo.cache.clear();
      setTimeout(reload, Math.random() * 300);
      return;
    default:
      for (const read of reads) read.heard.push(message);
      tell(message);
  }
}

function tell(message: Message): void {
  if (message.type === "gone") Turbo.cache.clear();
  document.dispatchEvent(new CustomEvent<Message>(message.type === "gone" ? "hub:gone" : "hub:live", { detail: message }));
}

/** More happened than can be caught up with. Never throw away what is being typed. */
function reload(): void {
  const again = () => Turbo.visit(location.href, { action: "replace" });
  const typing = [...document.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue)
    || document.activeElement?.matches("input, textarea, select, [contenteditable]");
  if (typing) notice(words("behind"), { label: words("reload"), run: again });
  else again();
}

function show(state: string): void {
  for (const one of document.querySelectorAll<HTMLElement>("hub-live")) one.dataset.state = state;
}

document.addEventListener("turbo:load", () => {
  const given = document.querySelector<HTMLMetaElement>('meta[name="live-cursor"]')?.content;
  if (!given) {
    socket?.close();
    socket = null;
    clearTimeout(timer);
    return;
  }
  cursor = given;
  reach = document.querySelector<HTMLMetaElement>('meta[name="live-reach"]')?.content ?? "";
  if (socket) greet();
  else connect();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !socket && cursor) connect();
});
// New items and records have come into the page: of those, too, is told what happened since they were read.
document.addEventListener("hub:rendered", () => {
  if (!cursor || topics().join() === told) return;
  const [oldest] = reads;
  if (oldest) cursor = oldest.since;
  greet();
});
addEventListener("online", () => {
  if (!socket && cursor) connect();
});

/** Shows when the line is broken; the line itself is above. */
customElements.define("hub-live", class extends HTMLElement {});
