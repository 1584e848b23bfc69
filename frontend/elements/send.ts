// Sends the small forms of a page (post, comment, like, follow, stage, delete) beside one another, without leaving it.
// Turbo would cancel one submission for the next; here each has its own fetch, its pending state and its retry.
import * as Turbo from "@hotwired/turbo";
import { notice, words } from "./notice";
import { forgetDraft } from "./write";

const STREAM = "text/vnd.turbo-stream.html";

export function listenToSubmits(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const submitter = event.submitter as HTMLButtonElement | null;
    const small = form.id === "act" || form.matches(".composer, .comment-form, .path-phone form");
    if (event.defaultPrevented || !small) return;
    if (submitter?.dataset.turbo === "false") {
      sessionStorage.clear(); // signing out: drafts stay with nobody
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    void send(form, submitter);
  }, { capture: true });
}

async function send(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
  const busy: HTMLElement = form.id === "act" && submitter ? submitter : form;
  if (busy.ariaBusy === "true") return;
  const typing = form.matches(".composer, .comment-form");
  const body = new URLSearchParams(new FormData(form, submitter) as unknown as Record<string, string>);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const item = (submitter ?? form).closest<HTMLElement>(".item");
  busy.ariaBusy = "true";
  try {
    const answer = await fetch(action, {
      method: "POST",
      body,
      headers: { accept: `${STREAM}, text/html`, ...shownComments(item) },
    });
    if (answer.headers.get("content-type")?.startsWith(STREAM)) {
      if (answer.ok && typing) forgetDraft(form);
      // The change that my own move leads to is shown, not announced as new.
      if (answer.ok && action.endsWith("/stage")) document.dispatchEvent(new CustomEvent("hub:acted"));
      await render(await answer.text());
      if (answer.ok && typing) afterTyping(form);
    } else if (answer.redirected && answer.ok) {
      if (typing) forgetDraft(form);
      Turbo.visit(answer.url);
    } else {
      notice(reason(await answer.text()) || words("failed"), again(form, submitter));
    }
  } catch {
    // No answer: what was typed stays, and the same key makes sure that a second try does not post twice.
    notice(words("unsent"), again(form, submitter));
  } finally {
    busy.ariaBusy = null;
  }
}

function again(form: HTMLFormElement, submitter: HTMLButtonElement | null) {
  return { label: words("retry"), run: () => void send(form, submitter) };
}

/** What an error page says, for the notice. */
function reason(page: string): string {
  const parsed = new DOMParser().parseFromString(page, "text/html");
  return (parsed.querySelector(".error-message") ?? parsed.querySelector("h1"))?.textContent?.trim() ?? "";
}

function afterTyping(form: HTMLFormElement): void {
  // The form was replaced by an empty one: go on where the writer was.
  const fresh = form.id ? document.getElementById(form.id) : null;
  if (fresh?.matches(".comment-form")) fresh.querySelector("textarea")?.focus();
  else document.querySelector<HTMLElement>("#feed-items > .item")?.focus({ preventScroll: true });
}

/** Tells the server that all comments of an item are unfolded, so that its answer does not fold them. */
export function shownComments(item: HTMLElement | null): Record<string, string> {
  const shown = item?.querySelectorAll(".comment").length ?? 0;
  const folded = item?.querySelector(".all-comments");
  return shown > 3 && !folded ? { "x-comments": "all" } : {};
}

/** Apply a stream, and wait until the page has it. */
export async function render(stream: string): Promise<void> {
  Turbo.renderStreamMessage(stream);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  document.dispatchEvent(new CustomEvent("hub:rendered"));
}

/** Fetch a stream and apply it; tells whether there was one. */
export async function fetchStream(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await fetch(url, { headers: { accept: STREAM, ...headers } });
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith(STREAM)) return false;
  await render(await answer.text());
  return true;
}
