// Who will see what is being written: asked when somebody begins to write.
import { fetchStream } from "./send";

document.addEventListener("hub:writing", (event) => {
  const line = (event.target as Element).closest("form")?.querySelector<HTMLElement>(".audience-line[data-url]");
  if (!line) return;
  const url = line.dataset.url!;
  delete line.dataset.url;
  void fetchStream(url).catch(() => (line.dataset.url = url));
});
