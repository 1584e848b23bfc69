// Builds hubbub/assets: the pages' script and what it loads later (the rich box when somebody writes, with its styles; the
// emoji), the style sheet of the feeds (app.css), what all other pages load beside it (pages.css, pages.js), one icon
// sprite, and manifest.json with their hashed names.
//   node build.mjs            build once; fails when a budget is missed
//   node build.mjs --watch    build on every change, with source maps
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { icons } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "hubbub", "assets");
const watching = process.argv.includes("--watch");

// Bytes after gzip. The first feed page as a whole (HTML too) may have 70,000: a test and the benchmark measure that. It has
// app.js, app.css and the sprite; all else comes with the first page or the first press that needs it.
const budgets = {
  "app.js": 45 * 1024, "app.css": 12 * 1024, "sprite.svg": 6 * 1024,
  "pages.css": 12 * 1024, "pages.js": 8 * 1024, "editor.js": 90 * 1024, "editor.css": 3 * 1024, "palette.js": 3 * 1024, "worker.js": 2 * 1024, "emoji.json": 36 * 1024,
};

// What app.js loads later with import(): its entry below this folder, and the name by which app.ts knows its address. To
// add one: a line here, a budget above, and `declare const BOARD: string` where it is loaded.
const later = { "editor.js": ["editor/editor.ts", "EDITOR"], "palette.js": ["palette/palette.ts", "PALETTE"] };

function sprite() {
  const symbols = Object.entries(icons).map(([name, file]) => {
    const svg = readFileSync(join(here, "node_modules", "lucide-static", "icons", `${file}.svg`), "utf8");
    const drawing = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"`
      + ` stroke-linecap="round" stroke-linejoin="round">${drawing.replace(/\s*\n\s*/g, "").trim()}</symbol>`;
  });
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

/** Each emoji with its name and more words to find it by; those made of several others are left out. */
function emoji() {
  const known = JSON.parse(readFileSync(join(here, "node_modules", "emojilib", "dist", "emoji-en-US.json"), "utf8"));
  const rows = Object.entries(known).filter(([text]) => text.length <= 4).map(([text, [name, ...words]]) => {
    const called = name.replaceAll("_", " ").toLowerCase();
    const more = new Set(words.join(" ").replaceAll("_", " ").toLowerCase().split(" ").filter((word) => !called.split(" ").includes(word)));
    return [text, called, [...more].slice(0, 6).join(" ")];
  });
  return Buffer.from(JSON.stringify(rows));
}

const hashed = (name, content) =>
  name.replace(".", `-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.`);

async function bundle(entry, options) {
  const result = await esbuild.build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: !watching,
    sourcemap: watching ? "inline" : false,
    write: false,
    legalComments: "none",
    logLevel: "warning",
    target: ["chrome123", "firefox121", "safari17.5"],
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

function put(name, content) {
  // Written beside and renamed, so that a server never reads half a file.
  writeFileSync(join(assets, `.${name}`), content);
  renameSync(join(assets, `.${name}`), join(assets, name));
}

async function build() {
  // What loads another file later knows its name.
  const built = { "emoji.json": emoji(), "sprite.svg": sprite() };
  for (const name of ["app.css", "pages.css", "editor.css"]) built[name] = await bundle(`css/${name}`, {});
  const address = (name) => JSON.stringify(`/assets/${hashed(name, built[name])}`);
  const known = { EMOJI: address("emoji.json"), EDITOR_STYLE: address("editor.css") };
  for (const [name, [entry]] of Object.entries(later)) built[name] = await bundle(entry, { format: "esm", define: known });
  for (const [name, [, called]] of Object.entries(later)) known[called] = address(name);
  built["app.js"] = await bundle("app.ts", { format: "esm", define: known, external: ["/assets/*"] });
  // One page, one Turbo: what pages.js has in common with app.js it takes from there.
  const shared = { name: "shared", setup: (on) => on.onResolve({ filter: /^(@hotwired\/turbo|\.\/(notice|send))$/ }, () => ({ path: JSON.parse(address("app.js")), external: true })) };
  built["pages.js"] = await bundle("pages.ts", { format: "esm", plugins: [shared] });
  // What the worker keeps for when no server answers, by addresses that change with what they hold.
  const shell = ["app.js", "app.css", "pages.js", "pages.css", "sprite.svg"].map((name) => `/assets/${hashed(name, built[name])}`);
  const version = createHash("sha256").update(shell.join()).digest("hex").slice(0, 12);
  built["worker.js"] = await bundle("worker/worker.ts", { define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version) } });
  mkdirSync(assets, { recursive: true });
  const manifest = {};
  let missed = false;
  for (const [name, content] of Object.entries(built)) {
    manifest[name] = hashed(name, content);
    const packed = gzipSync(content, { level: 9 });
    put(manifest[name], content);
    put(`${manifest[name]}.gz`, packed);
    const over = !watching && packed.length > budgets[name];
    missed ||= over;
    console.log(`${name.padEnd(11)} ${String(content.length).padStart(7)} bytes ${String(packed.length).padStart(6)} gzipped`
      + ` of ${budgets[name]}${over ? "  OVER ITS BUDGET" : ""}`);
  }
  put("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
  const kept = new Set(["manifest.json", ...Object.values(manifest), ...Object.values(manifest).map((name) => `${name}.gz`)]);
  for (const name of readdirSync(assets)) if (!kept.has(name)) rmSync(join(assets, name));
  return !missed;
}

if (watching) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((error) => console.error(error.message)), 60);
  };
  for (const folder of [".", "elements", "editor", "palette", "worker", "css"]) if (existsSync(join(here, folder))) watch(join(here, folder), again);
  again();
} else if (!(await build())) {
  process.exit(1);
}
