import { AppError } from "#core/errors.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { anything } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const nobody = "No chat was given, so nobody is told by Telegram; this page is the notice.";
/** Telegram's words (core.telegram.org/bots/api, errors 400 and 403 of sendMessage). */
const isRefusal = /can't initiate conversation|chat not found|bot was blocked|Forbidden/i;
const notLetIn = "Telegram lets a bot write only to those who wrote to it first, so the chat was not told.";
const send = ({ name, displayName, chatId, connectionName }: BotInput) => [
  ...["message", "send", "--channel", "telegram", "--account", name],
  ...["-t", chatId, "-m", `${displayName} is ready on ${connectionName}.`],
];

export interface Told {
  chatId: string | null;
  /** Why the chat could not be told. */
  why?: string;
}

/**
 * Lets the bot itself say that it is ready. Telegram lets no bot write to somebody who has not written to it before; then the bot is
 * no worse for it, and the run's end says so. A message that may have gone out is never sent again without asking.
 */
export const notifyDone = (deps: BotDeps): DoOptions<BotInput, Connected, Told> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ openclaw }) => {
      const { chatId } = ctx.input;
      if (chatId === "") return new Skip(nobody, { chatId: null });
      try {
        await openclaw.json(send(ctx.input), anything);
      } catch (thrown) {
        if (!(thrown instanceof AppError) || !isRefusal.test(`${thrown.message} ${thrown.detail ?? ""}`))
          throw thrown;
        ctx.log(thrown.message, "warn");
        return { chatId, why: notLetIn };
      }
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
  detail: ({ chatId, why }) => (chatId === null ? "" : (why ?? `Told chat ${chatId}`)),
  stopWithinMs: 12_000,
  weightMs: 2_000,
});
