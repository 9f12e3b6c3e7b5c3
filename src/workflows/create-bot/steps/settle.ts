import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import {
  accountOf,
  assertNotBlocked,
  gatewayUp,
  isConnected,
  longestCommandMs,
  readyCommand,
} from "#openclaw/gateway.ts";
import { type Connected, lookOnNode } from "#openclaw/node.ts";
import { type Turn, takeTurn, turnLines } from "#openclaw/turn.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

/** The first of them is that of the step before. */
const readsInARow = 3;

export interface Settled {
  uptimeMs: number;
  turn: Turn;
}

/** What is remembered from look to look; `uptimeMs`: it has settled, and only the question to the bot is left. */
interface Memo {
  inARow: number;
  uptimeMs?: number;
}

/**
 * Waits until the gateway has been up for five seconds and the account was connected three times in a row. Then the bot is asked something,
 * as the proof that it answers; a look that was cut off asks for one word more. One that does not answer is there all the same: the run's
 * end says what it lacks.
 */
export const waitSettled = (deps: BotDeps): WaitOptions<BotInput, Connected, Settled> => ({
  look: (ctx) =>
    lookOnNode(deps, ctx, async (node): Promise<Look<Settled>> => {
      const memo = (ctx.memo ?? { inARow: 1 }) as Memo;
      if (memo.uptimeMs !== undefined)
        return {
          done: { uptimeMs: memo.uptimeMs, turn: await takeTurn(node, ctx.input.name, ctx.log) },
        };
      const uptimeMs = (await gatewayUp(node, ctx.results.ssh, ctx.signal))?.uptimeMs ?? 0;
      // Each of these commands takes a busy node seconds, so none is spent on a gateway that has not been up for long.
      const isDue = uptimeMs >= deps.settleMs;
      const account = isDue ? await accountOf(node, ctx.input.name) : null;
      assertNotBlocked(account, node.ssh.name);
      const inARow = !isDue ? Math.min(1, memo.inARow) : isConnected(account) ? memo.inARow + 1 : 0;
      if (inARow >= readsInARow)
        return { waiting: "an answer of the bot", memo: { inARow, uptimeMs }, nextInMs: 0 };
      if (ctx.waitedMs > node.restartLimitMs)
        throw new AppError(
          "remote-failed",
          `The gateway of ${node.ssh.name} came up but did not stay up with the account connected. It needs attention there.`,
          { canPass: false },
        );
      const what = `up ${(uptimeMs / 1000).toFixed(1)} s, connected ${inARow} times in a row`;
      const share = Math.min(1, uptimeMs / deps.settleMs, inARow / readsInARow);
      return {
        waiting: what,
        memo: { inARow },
        progress: { done: Math.round(100 * share), total: 100, what },
      };
    }),
  everyMs: deps.lookEveryMs,
  lookLimitMs: longestCommandMs,
  plan: async (ctx) => ({
    lines: [
      sends(readyCommand(ctx.results.ssh)),
      says(
        `Until the gateway has been up for ${deps.settleMs / 1000} s and the account was connected ${readsInARow} times in a row.`,
      ),
      ...(await turnLines(deps, ctx.input)),
    ],
    result: { uptimeMs: deps.settleMs, turn: { answered: true, text: "" } },
  }),
  detail: ({ uptimeMs, turn }) =>
    `Up for ${(uptimeMs / 1000).toFixed(1)} s, connected throughout; ${turn.answered ? `it answered “${turn.text}”` : "it did not answer"}`,
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});
