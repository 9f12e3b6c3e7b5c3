import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { type Turn, takeTurn, turnLines } from "#openclaw/turn.ts";
import type { Change } from "#workflows/change-bot/start.ts";

const sameModel = "Its model is the one that it had, so it is not asked anything.";

/** A bot with another model is asked for one word: nothing else shows that the model can be used. */
export const askIt = (deps: NodeDeps): DoOptions<Change, Connected, Turn | null> => ({
  run: (ctx) =>
    ctx.input.model === ""
      ? Promise.resolve(new Skip(sameModel, null))
      : onNode(deps, ctx, (node) => takeTurn(node, ctx.input.name, ctx.log)),
  safeBecause: "The bot is asked for one word more.",
  plan: async ({ input }) =>
    input.model === ""
      ? { lines: [], skip: sameModel, result: null }
      : {
          lines: await turnLines(deps, input),
          result: { answered: true, text: "" },
        },
  detail: (turn) => (turn === null ? "" : turn.answered ? `It answered “${turn.text}”` : "It did not answer"),
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});
