// Builds hubbub/assets: the pages' script, the rich box that it loads when somebody writes, the emoji, one style sheet, one
// icon sprite, and manifest.json with their hashed names.
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

// Bytes after gzip. The first feed page as a whole (HTML too) may have 70,000; the benchmark measures that. It has neither
// the rich box nor the emoji.
const budgets = { "app.js": 45 * 1024, "app.css": 12 * 1024, "sprite.svg": 6 * 1024, "editor.js": 90 * 1024, "emoji.json": 36 * 1024 };

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
  const built = { "emoji.json": emoji(), "app.css": await bundle("css/app.css", {}), "sprite.svg": sprite() };
  const address = (name) => JSON.stringify(`/assets/${hashed(name, built[name])}`);
  built["editor.js"] = await bundle("editor/editor.ts", { format: "esm", define: { EMOJI: address("emoji.json") } });
  built["app.js"] = await bundle("app.ts", { format: "esm", define: { EDITOR: address("editor.js") }, external: ["/assets/*"] });
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
  for (const folder of [".", "elements", "editor", "css"]) if (existsSync(join(here, folder))) watch(join(here, folder), again);
  again();
} else if (!(await build())) {
  process.exit(1);
}
