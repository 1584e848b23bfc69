// The service worker, registered when the page has come to rest; and the page that it shows while no server answers.

const AGAIN = 4000;

export function keepInstalled(): void {
  if ("serviceWorker" in navigator) {
    addEventListener("load", () => setTimeout(() => void navigator.serviceWorker.register("/worker.js").catch(() => {}), 1500));
  }
  document.addEventListener("turbo:load", () => {
    if (document.querySelector("[data-offline]")) void wait();
  });
}

/** Asks until a server answers: what the browser says of the line is not asked, it knows nothing of the server. */
async function wait(): Promise<void> {
  const answer = await fetch("/health", { cache: "no-store" }).catch(() => null);
  if (answer?.ok && location.pathname !== "/offline") location.reload();
  else setTimeout(() => void wait(), AGAIN);
}
