import { readFile } from "node:fs/promises";
import { drawMarkdown, type Written } from "./draw-markdown.ts";

const root = new URL("../../../", import.meta.url);

/** By path, with the text that it was drawn from. */
const drawn = new Map<string, { text: string; page: Written }>();

/**
 * A page of the documentation that ships with this version: "" is its contents, "start/install" docs/start/install.md, "deploy/nginx.conf"
 * that file as it is. Null when there is none. Drawn once for each content.
 */
export const readPage = async (path: string): Promise<Written | null> => {
  const file = fileOf(path);
  const text = file === null ? null : await readFile(new URL(file, root), "utf8").catch(() => null);
  if (file === null || text === null) return null;
  const known = drawn.get(path);
  if (known?.text === text) return known.page;
  const page = drawMarkdown(file.endsWith(".md") ? text : asMarkdown(file, text), file);
  drawn.set(path, { text, page });
  return page;
};

const fileOf = (path: string): string | null => {
  if (path === "") return "docs/README.md";
  if (/^deploy\/[A-Za-z][\w.-]*$/.test(path)) return path;
  return /^([a-z-]+\/)?[a-z-]+$/.test(path) ? `docs/${path}.md` : null;
};

const asMarkdown = (file: string, text: string): string =>
  `# ${file.slice(file.lastIndexOf("/") + 1)}\n\n${"````"}\n${text}${"````"}\n`;
