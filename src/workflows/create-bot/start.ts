import { AppError } from "#core/errors.ts";
import { type Field, textOf, type Values } from "#core/form.ts";
import type { Start } from "#core/workflow.ts";
import type { BotDeps, BotInput } from "./deps.ts";

/** Stricter than OpenClaw, which changes what it does not like without a word. */
const nameRule = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/;
const taken: ReadonlySet<string> = new Set(["main", "openclaw", "default"]);
/** Telegram's own shape of a bot token (core.telegram.org/bots/api, "Authorizing your bot"). */
const tokenRule = /^\d{6,}:[A-Za-z0-9_-]{30,}$/;
const longestPurpose = 4_000;

/** Asks for the node, the name and the token; everything else has a default. */
export const startBot = ({ connections }: Pick<BotDeps, "connections">): Start<BotInput> => ({
  secrets: ["token"],
  form: async () => {
    const all = await connections.list("ssh");
    if (all.length === 0) {
      const text = "There is no server yet. Add one under Connections, then come back.";
      return { fields: [{ kind: "note", tone: "info", text }], submit: "Create the bot" };
    }
    const fields: Field[] = [
      {
        kind: "choice",
        name: "connection",
        label: "On which node?",
        options: all.map((one) => ({
          value: one.id,
          label: one.name,
          marks: one.builtIn ? ["no server needed"] : [],
        })),
        value: (all.find((one) => !one.builtIn) ?? all[0])?.id ?? "",
      },
      {
        kind: "text",
        name: "name",
        label: "Name",
        help: "The bot's id on the node: 3 to 32 lower case letters, digits and hyphens.",
        placeholder: "mybot",
        required: true,
        autocomplete: "off",
      },
      {
        kind: "text",
        name: "token",
        label: "Telegram bot token",
        help: "From @BotFather. It is kept sealed and goes to the node in a file that only its user can read.",
        placeholder: "123456789:AA…",
        required: true,
        secret: true,
      },
      {
        kind: "group",
        legend: "Who the bot is",
        open: false,
        fields: [
          { kind: "text", name: "displayName", label: "Display name", help: "Empty: the name above." },
          { kind: "text", name: "emoji", label: "Emoji", placeholder: "🦞" },
          {
            kind: "text",
            name: "purpose",
            label: "What it is for",
            help: "Goes into its SOUL.md.",
            multiline: true,
          },
          {
            kind: "text",
            name: "model",
            label: "Model",
            help: "As provider/model. Empty: the node's default.",
            placeholder: "anthropic/claude-opus-4-6",
          },
          {
            kind: "text",
            name: "chatId",
            label: "Tell this Telegram chat when it is ready",
            help: "A chat id. Empty: nobody is told.",
            placeholder: "-1001234567890",
          },
        ],
      },
    ];
    return { fields, submit: "Create the bot" };
  },
  read: async (values) => {
    const connection = await chosen(connections, textOf(values, "connection"));
    const name = readName(textOf(values, "name"));
    if (!tokenRule.test(textOf(values, "token"))) {
      throw wrong(
        "token",
        "This is not a Telegram bot token. @BotFather gives one: digits, a colon, and about 35 letters and digits.",
      );
    }
    return {
      connectionId: connection.id,
      connectionName: connection.name,
      name,
      displayName: oneLine(values, "displayName", 64) || name,
      emoji: oneLine(values, "emoji", 16),
      purpose: textOf(values, "purpose").slice(0, longestPurpose),
      model: readModel(textOf(values, "model")),
      chatId: readChat(textOf(values, "chatId")),
    };
  },
  subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
  lock: ({ connectionId, name }) => `bot:${connectionId}/${name}`,
});

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });

/** Programs may give the name of a node instead of its id; with one node there is nothing to choose. */
const chosen = async (connections: BotDeps["connections"], given: string) => {
  const all = await connections.list("ssh");
  const found =
    all.find((one) => one.id === given) ??
    all.find((one) => one.name === given) ??
    (given === "" && all.length === 1 ? all[0] : undefined);
  if (found !== undefined) return found;
  throw wrong("connection", "Choose one of the servers. If there is none, add one under Connections.");
};

const readName = (name: string): string => {
  if (taken.has(name)) throw wrong("name", `“${name}” is OpenClaw's own. Choose another name.`);
  if (nameRule.test(name)) return name;
  throw wrong(
    "name",
    "A name has 3 to 32 lower case letters, digits and hyphens, begins with a letter and does not end with a hyphen.",
  );
};

const oneLine = (values: Values, field: string, most: number): string => {
  const text = textOf(values, field);
  if (text.length <= most && !/\p{Cc}/u.test(text)) return text;
  throw wrong(field, `Give at most ${most} characters on one line.`);
};

const readModel = (model: string): string => {
  if (model === "" || /^[\w.-]+\/[\w./:@-]+$/.test(model)) return model;
  throw wrong("model", "A model is written as provider/model, such as anthropic/claude-opus-4-6.");
};

const readChat = (chatId: string): string => {
  if (chatId === "" || /^(-?\d{1,20}|@\w{5,32})$/.test(chatId)) return chatId;
  throw wrong(
    "chatId",
    "A chat id is a number, such as -1001234567890, or a public name that begins with @.",
  );
};
