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
}

let socket: WebSocket | null = null;
let cursor = "";
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let brokenTimer: ReturnType<typeof setTimeout> | undefined;

function topics(): string[] {
  return [...new Set([...document.querySelectorAll<HTMLElement>("[data-live]")].map((one) => one.dataset.live!))];
}

function greet(): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ cursor, topics: topics() }));
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
      // The session has ended: the page of nobody says so, and leads back here.
      location.reload();
      return;
    case "behind":
      reload();
      return;
    default:
      document.dispatchEvent(new CustomEvent<Message>("hub:live", { detail: message }));
  }
}

/** More happened than can be caught up with. Never throw away what is being typed. */
function reload(): void {
  const again = () => Turbo.visit(location.href, { action: "replace" });
  const typing = [...document.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue)
    || document.activeElement?.matches("input, textarea, select");
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
  if (socket) greet();
  else connect();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !socket && cursor) connect();
});
addEventListener("online", () => {
  if (!socket && cursor) connect();
});

/** Shows when the line is broken; the line itself is above. */
customElements.define("hub-live", class extends HTMLElement {});
