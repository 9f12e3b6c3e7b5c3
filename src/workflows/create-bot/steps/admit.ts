import { AppError } from "#core/errors.ts";
import { type Form, textOf } from "#core/form.ts";
import { Skip } from "#core/skip.ts";
import type { AskContext } from "#core/step-context.ts";
import type { AskOptions } from "#core/workflow.ts";
import { pairings } from "#openclaw/answers.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import type { Started } from "./startup.ts";

export interface Admitted {
  /** Who may write to the bot, for people; null: nobody. */
  who: string | null;
}

interface Ready extends Connected {
  startup: Started;
}

interface Asking {
  code: string;
  who: string;
}

const nobody = "nobody";

/** Whoever wrote to the new bot is shown with the code that OpenClaw gave them, and let in when a person says so. */
export const askAdmit = (deps: BotDeps): AskOptions<BotInput, Ready, Admitted> => ({
  form: async (ctx) => {
    const { ownerId } = ctx.input;
    if (ownerId !== "")
      return new Skip(`The Telegram user ${ownerId} was allowed from the beginning.`, {
        who: `user ${ownerId}`,
      });
    return formOf(ctx, await askingPeople(deps, ctx));
  },
  read: async (values, ctx) => {
    const code = textOf(values, "code");
    if (code === nobody) return { who: null };
    const person = (await askingPeople(deps, ctx)).find((one) => one.code === code);
    if (person === undefined)
      throw new AppError(
        "bad-answer",
        "Choose who may write to the bot. Codes hold for an hour; look again.",
        {
          field: "code",
        },
      );
    await onNode(deps, ctx, ({ openclaw }) =>
      openclaw.must(["pairing", "approve", "telegram", code, "--account", ctx.input.name]),
    );
    return { who: person.who };
  },
  detail: ({ who }) => (who === null ? "Nobody yet" : `${who} may write to it`),
});

type Context = AskContext<BotInput, Ready>;

const askingPeople = (deps: BotDeps, ctx: Context): Promise<Asking[]> =>
  onNode(deps, ctx, async ({ openclaw }) => {
    const words = ["pairing", "list", "telegram", "--account", ctx.input.name];
    const { requests } = await openclaw.json(words, pairings);
    return requests.map(({ id, code, meta }) => {
      const name = [meta?.firstName, meta?.username ? `@${meta.username}` : null].filter(Boolean).join(" ");
      return { code, who: name === "" ? `user ${id}` : `${name}, user ${id}` };
    });
  });

const formOf = ({ results, input }: Context, people: readonly Asking[]): Form => {
  const { username } = results.startup;
  const bot = username === null ? input.displayName : `@${username} (https://t.me/${username})`;
  return {
    fields: [
      {
        kind: "note",
        tone: "info",
        text: `Write anything to ${bot} now, then look again. OpenClaw answers you with a code and waits until somebody lets you in.`,
      },
      {
        kind: "choice",
        name: "code",
        label: "Who may write to it?",
        options: [
          ...people.map(({ code, who }) => ({ value: code, label: who, marks: [code] })),
          { value: nobody, label: "Nobody yet: it is done later on the node" },
        ],
        ...(people[0] === undefined ? {} : { value: people[0].code }),
      },
    ],
    submit: "Continue",
    buttons: [{ does: "redraw", value: "look", label: "Look again" }],
  };
};
