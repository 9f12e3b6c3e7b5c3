import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#workflows/create-bot/command-lines.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { type Connected, onNode } from "#workflows/create-bot/node.ts";
import { anything } from "#workflows/create-bot/openclaw-answers.ts";

const nobody = "No chat was given, so nobody is told by Telegram; this page is the notice.";
const send = ({ name, displayName, chatId, connectionName }: BotInput) => [
  ...["message", "send", "--channel", "telegram", "--account", name],
  ...["-t", chatId, "-m", `${displayName} is ready on ${connectionName}.`],
];

/** Lets the bot itself say that it is ready. A message that may have gone out is never sent again without asking. */
export const notifyDone = (deps: BotDeps): DoOptions<BotInput, Connected, { chatId: string | null }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ openclaw }) => {
      const { chatId } = ctx.input;
      if (chatId === "") return new Skip(nobody, { chatId: null });
      await openclaw.json(send(ctx.input), anything);
      return { chatId };
    }),
  whenInterrupted: "ask",
  plan: async (ctx) =>
    ctx.input.chatId === ""
      ? { lines: [], skip: nobody, result: { chatId: null } }
      : {
          lines: await openclawLines(deps, ctx.input, [...send(ctx.input), "--json"]),
          result: { chatId: ctx.input.chatId },
        },
  detail: ({ chatId }) => (chatId === null ? "" : `Told chat ${chatId}`),
  stopWithinMs: 12_000,
  weightMs: 2_000,
});
