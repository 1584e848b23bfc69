// Keeps "12 min. ago" true while the page stays open, in the words and steps of hubbub/core/html.py.

const MINUTE = 60, HOUR = 3600, DAY = 86400;

export function keepTimesRunning(): void {
  const language = document.documentElement.dataset.locale || "en";
  const words = new Intl.RelativeTimeFormat(language, { style: "short" });
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: zone() });

  const refresh = () => {
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
      const then = Date.parse(time.dateTime);
      const seconds = (Date.now() - then) / 1000;
      if (!(seconds >= MINUTE)) continue; // still "just now", as the server wrote it
      const text =
        seconds < HOUR ? words.format(-Math.floor(seconds / MINUTE), "minute")
        : seconds < DAY ? words.format(-Math.floor(seconds / HOUR), "hour")
        : seconds < 7 * DAY ? words.format(-Math.floor(seconds / DAY), "day")
        : days.format(then);
      if (time.textContent !== text) time.textContent = text;
    }
  };
  document.addEventListener("turbo:load", refresh);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  setInterval(refresh, 20_000);
}

function zone(): string | undefined {
  const name = document.documentElement.dataset.zone;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a zone that this browser does not know: its own
  }
}
