import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { versionedName } from "#views/frame.tsx";
import type { Tone } from "#views/words.ts";
import { type Encoded, encoded } from "./encoded.ts";

export interface StaticFile extends Encoded {
  type: string;
}

/** All files under /static, held in memory: they are few and small. */
export interface StaticFiles {
  /** Made from their bytes, and part of their names. */
  version: string;
  /** Null when there is none of this name, or not in this version. */
  get(name: string): StaticFile | null;
}

/** Our style sheets, one for each cascade layer; the first says their order. */
const sheets = [
  "milepost.css",
  "frame.css",
  "parts.css",
  "buttons.css",
  "cards.css",
  "docs.css",
  "lists.css",
  "run-rows.css",
  "find.css",
  "forms.css",
  "diagram.css",
  "run.css",
  "run-bar.css",
  "timeline.css",
  "log.css",
  "durations.css",
  "steps.css",
  "items.css",
  "report.css",
  "motion.css",
];

/** What the icon of a window is marked with, so that a row of tabs tells how each run stands. */
const toneColours = {
  quiet: "#7d889b",
  active: "#1e6fd0",
  waiting: "#5546bd",
  attention: "#e08a00",
  paused: "#48566c",
  good: "#12843f",
  bad: "#d0261d",
} as const satisfies Record<Tone, string>;

const scripts = [
  "../views/clock-words.js",
  "live.js",
  "focus.js",
  "place.js",
  "log.js",
  "item-log.js",
  "page.js",
  "verbs.js",
  "keys.js",
  "looked.js",
  "notify.js",
];

/**
 * Reads our own files and Pico and htmx from their packages, and joins them: browsers are sent one style sheet and one script. Nothing is
 * built and nothing lies on disk; the sources stay what one reads in static/.
 */
export const loadStaticFiles = async (): Promise<StaticFiles> => {
  const { resolve } = createRequire(import.meta.url);
  const ours = (name: string) => readFile(new URL(`../../static/${name}`, import.meta.url), "utf8");
  const theirs = (name: string) => readFile(resolve(name), "utf8");
  const [pico, htmx, theme, icon] = await Promise.all([
    theirs("@picocss/pico/css/pico.min.css"),
    theirs("htmx.org/dist/htmx.min.js"),
    ours("theme.js"),
    ours("icon.svg"),
  ]);
  const [first = "", ...others] = await Promise.all(sheets.map(ours));
  const modules = await Promise.all(scripts.map(ours));
  const withNote = async (name: string) => `{\n${await ours("note.js")}\n${await ours(name)}\n}`;
  // Its package names its modules only, and this file holds them all.
  const passkeys = await readFile(
    join(dirname(resolve("@simplewebauthn/browser")), "../dist/bundle/index.umd.min.js"),
    "utf8",
  );
  const files = [
    {
      name: "milepost.css",
      type: "text/css; charset=utf-8",
      text: [first, `@layer pico {${pico.replace(/^@charset[^;]*;/, "")}}`, ...others].join("\n"),
    },
    {
      name: "milepost.js",
      type: "text/javascript; charset=utf-8",
      text: [theme, htmx, joined(modules)].join("\n"),
    },
    // Apart, because most pages need none of it.
    {
      name: "passkeys.js",
      type: "text/javascript; charset=utf-8",
      text: `${passkeys}\n${await withNote("passkeys.js")}`,
    },
    { name: "push.js", type: "text/javascript; charset=utf-8", text: await withNote("push.js") },
    { name: "icon.svg", type: "image/svg+xml", text: icon },
    ...Object.entries(toneColours).map(([tone, colour]) => ({
      name: `icon-${tone}.svg`,
      type: "image/svg+xml",
      text: icon.replace("</svg>", `<circle cx="17" cy="17" r="6.5" fill="${colour}" stroke="#fff" /></svg>`),
    })),
  ];
  const hash = createHash("sha256");
  for (const { text } of files) hash.update(text);
  const version = hash.digest("hex").slice(0, 12);
  const byName = new Map(
    files.map(({ name, type, text }) => [versionedName(name, version), { type, ...encoded(text) }]),
  );
  return { version, get: (name) => byName.get(name) ?? null };
};

/**
 * Our modules as one classic script that runs once the page is there, after htmx has begun. The first has nothing but what the others
 * import, so they see it; each of the others keeps its own names in a block.
 */
const joined = ([shared = "", ...others]: readonly string[]): string => {
  const plain = (source: string) => source.replace(/^import .*$/gm, "").replace(/^export /gm, "");
  return [
    'document.addEventListener("DOMContentLoaded", () => {',
    '"use strict";',
    plain(shared),
    ...others.map((source) => `{\n${plain(source)}\n}`),
    "});",
  ].join("\n");
};
