import type { LogLine } from "#core/event.ts";
import type { Store } from "#core/store.ts";
import { plainText } from "#views/run/ansi.ts";
import type { LogFilter } from "#views/run/log-filter.tsx";

const linesPerRead = 2_000;
const mostShown = 1_000;

/** The newest lines of a run's log that match, in order, and how many match in all. Read page by page: only what is shown is kept. */
export const searchLog = async (
  store: Pick<Store, "logs">,
  runId: string,
  { search, step }: LogFilter,
): Promise<{ lines: LogLine[]; found: number }> => {
  const wanted = search.toLowerCase();
  let lines: LogLine[] = [];
  let found = 0;
  for (let after = 0; ; ) {
    const page = await store.logs(runId, {
      after,
      limit: linesPerRead,
      ...(step === "" ? {} : { stepId: step }),
    });
    const matching =
      wanted === "" ? page : page.filter(({ text }) => plainText(text).toLowerCase().includes(wanted));
    found += matching.length;
    lines = [...lines, ...matching].slice(-mostShown);
    after = page.at(-1)?.n ?? after;
    if (page.length < linesPerRead) return { lines, found };
  }
};
