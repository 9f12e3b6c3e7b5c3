import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));

/** All pages, by their path: "start/install.md". */
export const pages = (): string[] =>
  readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));

export const textOf = (page: string): string => readFileSync(join(docs, page), "utf8");

export interface Block {
  language: string;
  text: string;
}

/** What stands between the fences of a page, in its order. */
export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));

/** A script that a page shows under this name ("deploy.sh" or `node follow.mjs` in its first line), as a file. */
export const scriptOf = (page: string, name: string): string => {
  const found = blocksOf(textOf(page)).find(({ text }) => text.split("\n", 1)[0]?.includes(` ${name}`));
  if (found === undefined) throw new Error(`${page} shows no ${name}.`);
  const folder = mkdtempSync(join(tmpdir(), "milepost-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  writeFileSync(file, found.text);
  return file;
};
