// Sends the small forms of a page (post, comment, like, follow, stage, delete) beside one another, without leaving it.
// Turbo would cancel one submission for the next; here each has its own fetch, its pending state and its retry.
import * as Turbo from "@hotwired/turbo";
import { showAhead } from "./ahead";
import { reading } from "./live";
import { notice, words } from "./notice";
import { failed, pending, shownOnce } from "./pending";
import type { Write } from "./write";

const STREAM = "text/vnd.turbo-stream.html";

export function listenToSubmits(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const submitter = event.submitter as HTMLButtonElement | null;
    const small = form.id === "act" || form.matches(".composer, .comment-form, .sends");
    if (event.defaultPrevented || !small) return;
    if (submitter?.dataset.turbo === "false") {
      sessionStorage.clear(); // signing out: drafts stay with nobody
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const write = form.querySelector<Write>("hub-write");
    // What is written shows at once, and the box is free for the next; all else waits for its answer.
    if (write && !submitter?.hasAttribute("formaction")) void say(form, write);
    else void reading(() => send(form, submitter));
  }, { capture: true });
}

async function send(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
  const busy: HTMLElement = form.id === "act" && submitter ? submitter : form;
  if (busy.ariaBusy === "true") return;
  const body = new URLSearchParams(new FormData(form, submitter) as unknown as Record<string, string>);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const item = (submitter ?? form).closest<HTMLElement>(".item");
  busy.ariaBusy = "true";
  const takeBack = showAhead(submitter);
  let done: (arrived: boolean) => void = () => {};
  const sent = new Promise<boolean>((resolve) => (done = resolve));
  try {
    await form.querySelector<Write>("hub-write")?.release(sent);
    const answer = await fetch(action, {
      method: "POST",
      body,
      headers: { accept: `${STREAM}, text/html`, ...shownComments(item) },
    });
    done(answer.ok);
    if (!answer.ok) takeBack();
    if (answer.headers.get("content-type")?.startsWith(STREAM)) {
      // The change that my own move leads to is shown, not announced as new.
      if (answer.ok && action.endsWith("/stage")) document.dispatchEvent(new CustomEvent("hub:acted"));
      await render(await answer.text());
    } else if (answer.redirected && answer.ok) {
      Turbo.visit(answer.url);
    } else {
      notice(refusal(await answer.text()) || words("failed"), again(form, submitter));
    }
  } catch {
    takeBack();
    // No answer: what was typed stays, and the same key makes sure that a second try does not post twice.
    notice(words("unsent"), again(form, submitter));
  } finally {
    done(false);
    busy.ariaBusy = null;
  }
}

function again(form: HTMLFormElement, submitter: HTMLButtonElement | null) {
  return { label: words("retry"), run: () => void reading(() => send(form, submitter)) };
}

/** What an error page, or a form that comes back with its fault, says. */
export function refusal(page: string): string {
  const parsed = new DOMParser().parseFromString(page, "text/html");
  const template = parsed.querySelector<HTMLTemplateElement>("turbo-stream template:has(.field-error)") ?? parsed.querySelector("template");
  const said = template?.content.querySelector(".field-error") ?? parsed.querySelector(".error-message") ?? parsed.querySelector("h1");
  return said?.textContent?.trim() ?? "";
}

/** Send what is written: it stands in the page as being sent until the server has it, and if it fails it can be sent again. */
async function say(form: HTMLFormElement, write: Write): Promise<void> {
  if (write.empty) return;
  const said = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
  const action = form.getAttribute("action")!;
  const item = form.closest<HTMLElement>(".item");
  const shown = pending(form, said);
  let done: (arrived: boolean) => void = () => {};
  const saved = write.hand(new Promise<boolean>((resolve) => (done = resolve)));
  if (!shown) form.ariaBusy = "true";

  const attempt = async (first: boolean): Promise<void> => {
    const fail = (reason: string): void => {
      if (first) done(false);
      form.ariaBusy = null;
      const back = (): void => {
        if (write.isConnected && write.takeBack(said)) shown?.remove();
        else notice(words("failed"));
      };
      if (shown) failed(shown, reason, () => void reading(() => attempt(false)), back);
      else notice(reason, { label: words("retry"), run: () => void reading(() => attempt(false)) });
    };
    try {
      await saved;
      const answer = await fetch(action, {
        method: "POST",
        body: said, // the same key each time: what has arrived is not posted twice
        headers: { accept: `${STREAM}, text/html`, ...shownComments(item) },
      });
      const text = await answer.text();
      const stream = answer.headers.get("content-type")?.startsWith(STREAM);
      if (answer.ok && stream) {
        if (first) done(true);
        else write.arrived();
        shown?.remove();
        form.ariaBusy = null;
        await render(shownOnce(text));
      } else if (answer.ok && answer.redirected) {
        done(true);
        Turbo.visit(answer.url);
      } else {
        fail(refusal(text) || words("failed"));
      }
    } catch {
      fail(words("unsent"));
    }
  };
  await reading(() => attempt(true));
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
export function fetchStream(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  return reading(async () => {
    const answer = await fetch(url, { headers: { accept: STREAM, ...headers } });
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith(STREAM)) return false;
    await render(await answer.text());
    return true;
  });
}
