import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { accountOf, assertNotBlocked, gatewayUp, isConnected, readyCommand } from "#openclaw/gateway.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { type Turn, takeTurn, turnWords } from "#openclaw/turn.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const readsInARow = 3;

export interface Settled {
  uptimeMs: number;
  turn: Turn;
}

/**
 * Instead of sleeping five seconds: waits until the gateway has been up for that long and the account was connected three times in a row.
 * Then the bot is asked something, as the proof that it answers. One that does not is there all the same: the run's end says what it lacks.
 */
export const waitSettled = (deps: BotDeps): DoOptions<BotInput, Connected, Settled> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const until = performance.now() + node.restartLimitMs;
      let inARow = 0;
      while (performance.now() < until) {
        const up = await gatewayUp(node, ctx.results.ssh, ctx.signal);
        const account = up === null ? null : await accountOf(node, ctx.input.name);
        assertNotBlocked(account, node.ssh.name);
        inARow = isConnected(account) ? inARow + 1 : 0;
        const uptimeMs = up?.uptimeMs ?? 0;
        const share = Math.min(uptimeMs / deps.settleMs, inARow / readsInARow);
        ctx.progress(
          Math.round(100 * Math.min(1, share)),
          100,
          `up ${(uptimeMs / 1000).toFixed(1)} s, connected ${inARow} times in a row`,
        );
        if (uptimeMs >= deps.settleMs && inARow >= readsInARow) {
          ctx.progress(0, null, "an answer of the bot");
          return { uptimeMs, turn: await takeTurn(node, ctx.input.name, ctx.log) };
        }
        await wait(deps.lookEveryMs, undefined, { signal: ctx.signal });
      }
      throw new AppError(
        "remote-failed",
        `The gateway of ${node.ssh.name} came up but did not stay up with the account connected. It needs attention there.`,
        { canPass: false },
      );
    }),
  safeBecause: "It looks at the gateway, and asks the bot for one word more.",
  plan: async (ctx) => ({
    lines: [
      sends(readyCommand(ctx.results.ssh)),
      says(
        `Until the gateway has been up for ${deps.settleMs / 1000} s and the account was connected ${readsInARow} times in a row.`,
      ),
      says("Then asks the bot for one word, which its model's provider may charge for:"),
      ...(await openclawLines(deps, ctx.input, [...turnWords(ctx.input.name), "--json"])),
    ],
    result: { uptimeMs: deps.settleMs, turn: { answered: true, text: "" } },
  }),
  detail: ({ uptimeMs, turn }) =>
    `Up for ${(uptimeMs / 1000).toFixed(1)} s, connected throughout; ${turn.answered ? `it answered “${turn.text}”` : "it did not answer"}`,
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});
