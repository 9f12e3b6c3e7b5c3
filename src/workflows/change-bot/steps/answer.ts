import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { type Turn, takeTurn, turnWords } from "#openclaw/turn.ts";
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
          lines: [
            says("Asks the bot for one word, which its model's provider may charge for:"),
            ...(await openclawLines(deps, input, [...turnWords(input.name), "--json"])),
          ],
          result: { answered: true, text: "" },
        },
  detail: (turn) => (turn === null ? "" : turn.answered ? `It answered “${turn.text}”` : "It did not answer"),
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});
