import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogLine } from "#core/event.ts";
import type { Store } from "#core/store.ts";
import { plainText } from "#views/run/ansi.ts";
import type { LogFilter } from "#views/run/log-filter.tsx";

/** Others are answered between the reads, so each is short. */
const linesPerRead = 500;
const mostShown = 1_000;
/** So many lines are shown before the one that was asked for. */
const shownBefore = 100;

export interface FoundLines {
  /** In order, at most `mostShown`. */
  lines: readonly LogLine[];
  /** How many there are in all; null when only a part was asked for. */
  found: number | null;
}

/** The newest lines of a run's log that match, or those around one line. Read page by page: only what is shown is kept. */
export const searchLog = async (
  store: Pick<Store, "logs">,
  runId: string,
  { search, step, line }: LogFilter,
): Promise<FoundLines> => {
  if (line !== null) {
    const after = Math.max(0, line - shownBefore - 1);
    return { lines: await store.logs(runId, { after, limit: mostShown }), found: null };
  }
  const wanted = search.toLowerCase();
  if (wanted === "" && step === "") {
    const lines = await store.logs(runId, { after: null, limit: mostShown });
    // They are numbered without gaps, from 1 unless the first were removed.
    const [first] = await store.logs(runId, { after: 0, limit: 1 });
    const last = lines.at(-1);
    return { lines, found: first === undefined || last === undefined ? 0 : last.n - first.n + 1 };
  }
  const shown: LogLine[] = [];
  let found = 0;
  for (let after = 0; ; ) {
    const page = await store.logs(runId, {
      after,
      limit: linesPerRead,
      ...(step === "" ? {} : { stepId: step }),
    });
    for (const one of page) {
      if (wanted !== "" && !read(one.text).includes(wanted)) continue;
      found += 1;
      shown.push(one);
    }
    if (shown.length > 2 * mostShown) shown.splice(0, shown.length - mostShown);
    after = page.at(-1)?.n ?? after;
    if (page.length < linesPerRead) return { lines: shown.slice(-mostShown), found };
    await nextTurn();
  }
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const styles = /\u001b\[[\d;:]*m/g;

/** What people read of a line: nearly none has more than styles in it. */
const read = (text: string): string => {
  const bare = text.includes("\u001b") ? text.replaceAll(styles, "") : text;
  return (bare.includes("\u001b") ? plainText(bare) : bare).toLowerCase();
};
