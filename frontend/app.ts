// The pages' script. Every page works without it: forms post, links lead. With it, nothing reloads and news arrive.
import * as Turbo from "@hotwired/turbo";
import "./elements/audience";
import "./elements/bell";
import "./elements/feed";
import "./elements/gone";
import "./elements/live";
import "./elements/record";
import "./elements/write";
import { keepTimesRunning } from "./elements/ago";
import { keepFocus } from "./elements/focus";
import { keepInstalled } from "./elements/installed";
import { listenToKeys } from "./elements/keys";
import { listenToMenus } from "./elements/menus";
import { keepCounts } from "./elements/unread";
import { listenToSubmits } from "./elements/send";

// What pages.ts shares with this file.
export { morphElements, StreamActions } from "@hotwired/turbo";
export { notice, words } from "./elements/notice";
export { fetchStream, refusal } from "./elements/send";

document.documentElement.classList.add("scripted");
// Turbo leaves <html> as it was: a theme that was chosen since is in the head.
document.addEventListener("turbo:render", () => {
  document.documentElement.dataset.theme = document.querySelector<HTMLMetaElement>("meta[name=theme]")?.content ?? "";
});
Turbo.config.drive.progressBarDelay = 400;
listenToSubmits();
listenToMenus();
listenToKeys();
keepFocus();
keepTimesRunning();
keepCounts();
keepInstalled();
