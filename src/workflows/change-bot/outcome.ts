import { routes } from "#core/routes.ts";
import type { Outcome } from "#core/run.ts";
import { type KnownBot, modelText } from "#openclaw/known-bot.ts";
import type { Turn } from "#openclaw/turn.ts";
import type { Change } from "./start.ts";
import type { Connects } from "./steps/account.ts";
import type { Token } from "./steps/token.ts";

interface Ended {
  before: KnownBot;
  model: { model: string | null };
  token: Token;
  account: Connects;
  answer: Turn | null;
}

/** What is another now, and what was kept of before. */
export const outcome = (input: Change, { before, model, token, account, answer }: Ended): Outcome => {
  const bot = input.displayName || before.displayName || input.name;
  const lacks = answer === null || answer.answered ? "" : ` But it does not answer. ${answer.why}`;
  return {
    sentence: `${bot} on ${input.connectionName} is changed.${lacks}`,
    links: [
      { label: "Bots of this node", href: routes.bots.href({ id: input.connectionId }) },
      ...(account.username === null
        ? []
        : [{ label: `Write to @${account.username}`, href: `https://t.me/${account.username}` }]),
    ],
    facts: [
      ...(input.displayName === ""
        ? []
        : [{ label: "Name", value: `${input.displayName}, before: ${before.displayName ?? "none"}` }]),
      ...(input.emoji === ""
        ? []
        : [{ label: "Emoji", value: `${input.emoji}, before: ${before.emoji ?? "none"}` }]),
      ...(input.model === ""
        ? []
        : [{ label: "Model", value: `${modelText(model.model)}, before: ${modelText(before.model)}` }]),
      ...(token.file === null ? [] : [{ label: "Token", value: token.file }]),
      ...(token.file === null
        ? []
        : [{ label: "Kept for an undo", value: before.tokenFile ?? "the token in the configuration" }]),
      ...(answer?.answered === true
        ? [{ label: "Asked for one word, it answered", value: answer.text }]
        : []),
    ],
  };
};
