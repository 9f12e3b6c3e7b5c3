import { plural } from "#core/plural.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions, Look, WaitOptions } from "#core/workflow.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeDeps, OnNode } from "#openclaw/deps.ts";
import { isAbout, type LogLine, logsWords, readLogs } from "#openclaw/logs.ts";
import { type Connected, lookOnNode, readOnNode } from "#openclaw/node.ts";

interface Wish extends OnNode {
  name: string;
  lines: number;
  minutes: number;
}

export interface Read {
  /** Lines about the bot. */
  count: number;
  /** The last line of the log, whoever it is about; null where there was none. */
  last: LogLine | null;
}

interface Ready extends Connected {
  log: Read;
}

const shown = ({ time, level, message }: LogLine): string =>
  [time, level, message].filter((part) => part !== "").join(" ");

/** Puts the lines about the bot into the step's log. */
export const readLog = (deps: NodeDeps): DoOptions<Wish, Connected, Read> => ({
  run: (ctx) =>
    readOnNode(deps, ctx, async (node) => {
      const all = await readLogs(node, Math.max(1, ctx.input.lines));
      const about = ctx.input.lines === 0 ? [] : all.filter(isAbout(ctx.input.name));
      for (const line of about) ctx.log(shown(line));
      return { count: about.length, last: all.at(-1) ?? null };
    }),
  readsOnly: true,
  plan: async ({ input }) => ({
    lines: await openclawLines(deps, input, logsWords(Math.max(1, input.lines))),
    result: { count: 0, last: null },
  }),
  detail: ({ count }) => plural(count, "line"),
  stopWithinMs: 12_000,
  weightMs: 2_000,
});

const windowLines = 1_000;

/** Looks again and again for as long as was asked, and shows what is new. */
export const followLog = (deps: NodeDeps): WaitOptions<Wish, Ready, { count: number }> => ({
  look: async (ctx): Promise<Look<{ count: number }> | Skip<{ count: number }>> => {
    const { name, minutes } = ctx.input;
    if (minutes === 0) return new Skip("It was not asked to follow the log.", { count: 0 });
    const { last, count } = (ctx.memo as Read | undefined) ?? { last: ctx.results.log.last, count: 0 };
    const all = await lookOnNode(deps, ctx, (node) => readLogs(node, windowLines));
    const fresh = after(all, last);
    // So much came between two looks that the line before is out of sight.
    if (fresh === all && last !== null && all.length > 0)
      ctx.log("Some lines may be missing here: more came than OpenClaw shows at once.", "warn");
    const about = fresh.filter(isAbout(name));
    for (const line of about) ctx.log(shown(line));
    const now: Read = { count: count + about.length, last: all.at(-1) ?? last };
    if (ctx.now() - ctx.waitingSince >= minutes * 60_000) return { done: { count: now.count } };
    return {
      waiting: `what comes for ${plural(minutes, "minute")}; ${plural(now.count, "line")} so far`,
      memo: now,
    };
  },
  everyMs: 2 * deps.lookEveryMs,
  maxEveryMs: 5 * deps.lookEveryMs,
  timeoutMs: 24 * 60 * 60_000,
  plan: ({ input: { minutes } }) => ({
    lines: [],
    ...(minutes === 0 ? { skip: "It was not asked to follow the log." } : {}),
    result: { count: 0 },
  }),
  detail: ({ count }) => plural(count, "line"),
  stopWithinMs: 12_000,
  weightMs: 1_000,
});

/** What stands behind the line that was seen last; all, where that is not to be found. */
const after = (all: LogLine[], last: LogLine | null): LogLine[] => {
  if (last === null) return all;
  const at = all.findLastIndex(({ time, message }) => time === last.time && message === last.message);
  return at < 0 ? all : all.slice(at + 1);
};
