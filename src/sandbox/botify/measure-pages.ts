import { setImmediate as nextTurn } from "node:timers/promises";
import type { Db } from "./database.ts";

interface Measured {
  redirectTo: string | null;
  depth: number | null;
  inlinks: number;
}

/** Pages in one commit. */
const pagesAtOnce = 500;

/**
 * Notes how many clicks each page is from the start, breadth first, and how many pages lead to it; a redirect counts as a click and as a link.
 * In pieces, because millions of links take seconds and others wait for this process. Done anew, it comes to the same.
 */
export const measurePages = async (db: Db, analysis: number): Promise<void> => {
  const pages = new Map<string, Measured>();
  const some = db.prepare(
    "SELECT url, redirect_to AS redirectTo FROM pages WHERE analysis_id = ? AND url > ? ORDER BY url LIMIT ?",
  );
  for (let last: string | undefined = ""; last !== undefined; await nextTurn()) {
    const found = some.all(analysis, last, pagesAtOnce) as { url: string; redirectTo: string | null }[];
    for (const { url, redirectTo } of found) pages.set(url, { redirectTo, depth: null, inlinks: 0 });
    last = found.at(-1)?.url;
  }
  const linksOf = db.prepare("SELECT to_url FROM links WHERE analysis_id = ? AND from_url = ?").pluck();
  const follow = (url: string, { redirectTo, depth }: Measured): string[] => {
    const targets = new Set(linksOf.all(analysis, url) as string[]);
    if (redirectTo !== null) targets.add(redirectTo);
    const further: string[] = [];
    for (const target of targets) {
      const page = pages.get(target);
      if (page === undefined) continue;
      page.inlinks++;
      if (depth === null || page.depth !== null) continue;
      page.depth = depth + 1;
      further.push(target);
    }
    return further;
  };
  const start = db.prepare("SELECT url FROM analyses WHERE id = ?").pluck().get(analysis) as string;
  const reached = [start];
  for (const url of reached) {
    const page = pages.get(url);
    if (page === undefined) continue;
    if (url === start) page.depth = 0;
    reached.push(...follow(url, page));
    await nextTurn();
  }
  for (const [url, page] of pages) {
    if (page.depth !== null) continue;
    follow(url, page);
    await nextTurn();
  }
  const note = db.prepare(
    "UPDATE pages SET depth = @depth, inlinks = @inlinks WHERE analysis_id = @analysis AND url = @url",
  );
  const noteSome = db.transaction((urls: readonly string[]) => {
    for (const url of urls) {
      const { depth = null, inlinks = 0 } = pages.get(url) ?? {};
      note.run({ depth, inlinks, analysis, url });
    }
  });
  const all = [...pages.keys()];
  for (let at = 0; at < all.length; at += pagesAtOnce) {
    noteSome(all.slice(at, at + pagesAtOnce));
    await nextTurn();
  }
};
