// Builds the front-end assets into src/huiyin/ui/static/build and prints what a page transfers.
import { context, build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";

const from = "src/huiyin/ui/assets";
const to = "src/huiyin/ui/static/build";
// A resident's first view (styles and script together, gzipped) may weigh this much, page excluded.
const FIRST_VIEW_LIMIT = 80 * 1024;

// A capability's own assets: src/huiyin/NAME/assets/NAME.css becomes build/NAME-style.css and
// NAME.ts becomes build/NAME.js; its pages link them in the blocks `styles` and `scripts`.
const ofApps = {};
for (const name of readdirSync("src/huiyin")) {
  const own = `src/huiyin/${name}/assets/${name}`;
  if (existsSync(`${own}.css`)) ofApps[`${name}-style`] = `${own}.css`;
  if (existsSync(`${own}.ts`)) ofApps[name] = `${own}.ts`;
}

// Pages that are used for themselves and bring more than their neighbours need.
for (const own of ["web/assets/field", "web/assets/board", "web/assets/watch", "web/assets/command", "web/assets/wall"]) {
  const name = own.split("/").pop();
  ofApps[name] = `src/huiyin/${own}.ts`;
  ofApps[`${name}-style`] = `src/huiyin/${own}.css`;
}

// The registers at /admin/ have a theme of their own; this is what we add to its look.
ofApps["registers-style"] = "src/huiyin/web/assets/registers.css";

/** @type {import("esbuild").BuildOptions} */
const options = {
  entryPoints: {
    ...ofApps,
    base: `${from}/base.ts`,
    map: `${from}/map.ts`,
    "base-style": `${from}/css/base.css`,
    "map-style": `${from}/css/map.css`,
    "gallery-style": `${from}/css/gallery.css`,
  },
  outdir: to,
  bundle: true,
  minify: true,
  format: "esm",
  // Office computers and WeChat's web view lag a few years behind.
  target: ["chrome87", "firefox91", "safari15"],
  charset: "utf8",
  legalComments: "none",
  sourcemap: false,
  logLevel: "warning",
};

// Workers are plain scripts: browsers without module workers start them too.
/** @type {import("esbuild").BuildOptions} */
const workers = {
  ...options,
  entryPoints: {
    // Served as a file of ours, so that the policy needs no blob: workers.
    "map-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs",
    sw: `${from}/worker/sw.ts`,
  },
  format: "iife",
};

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });

if (process.argv.includes("--watch")) {
  for (const each of [options, workers]) await (await context(each)).watch();
} else {
  await Promise.all([build(options), build(workers)]);
  const size = (name) => gzipSync(readFileSync(`${to}/${name}`), { level: 9 }).length;
  for (const name of readdirSync(to).sort()) {
    process.stdout.write(`${name.padEnd(20)} ${(size(name) / 1024).toFixed(1).padStart(7)} kB gzipped\n`);
  }
  const firstView = size("base.js") + size("base-style.css");
  process.stdout.write(`first view           ${(firstView / 1024).toFixed(1).padStart(7)} kB gzipped\n`);
  if (firstView > FIRST_VIEW_LIMIT) {
    process.stderr.write(`The first view is heavier than ${FIRST_VIEW_LIMIT / 1024} kB: make it smaller.\n`);
    process.exit(1);
  }
}
