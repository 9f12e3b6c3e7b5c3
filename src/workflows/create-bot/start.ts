import { secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import { botLock, modelShape, nodeField, nodeOf, noOption, tokenShape } from "#openclaw/start-fields.ts";
import type { BotDeps, BotInput } from "./deps.ts";

const taken: ReadonlySet<string> = new Set(["main", "openclaw", "default"]);

/** Asks for the node, the name and the token; everything else has a default. */
export const startBot = ({ connections }: Pick<BotDeps, "connections">) =>
  start({
    fields: [nodeField(connections), name, token, identity],
    submit: "Create the bot",
    input: ({ connection, name, displayName, ...given }): BotInput => ({
      ...nodeOf(connection),
      name,
      displayName: displayName || name,
      ...given,
    }),
    subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
    lock: botLock,
  });

const name = text("name", "Name", {
  help: "The bot's id on the node: 3 to 32 lower case letters, digits and hyphens.",
  placeholder: "mybot",
  required: true,
  autocomplete: "off",
  // Stricter than OpenClaw, which changes what it does not like without a word.
  shape: {
    is: /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/,
    says: "A name has 3 to 32 lower case letters, digits and hyphens, begins with a letter and does not end with a hyphen.",
  },
  read: (name) => {
    if (taken.has(name)) throw wrong("name", `“${name}” is OpenClaw's own. Choose another name.`);
    return name;
  },
});

const token = secret("token", "Telegram bot token", {
  help: "From @BotFather. It is kept sealed and goes to the node in a file that only its user can read.",
  placeholder: "123456789:AA…",
  required: true,
  shape: tokenShape,
});

const identity = group("Who the bot is", [
  text("displayName", "Display name", { help: "Empty: the name above.", longest: 64, shape: noOption }),
  text("emoji", "Emoji", { placeholder: "🦞", longest: 16, shape: noOption }),
  text("purpose", "What it is for", { help: "Goes into its SOUL.md.", multiline: true, longest: 4_000 }),
  text("model", "Model", {
    help: "As provider/model. Empty: the node's default.",
    placeholder: "anthropic/claude-opus-4-6",
    shape: modelShape,
  }),
  text("ownerId", "Your Telegram user id", {
    help: "Whoever has it may write to the bot. Empty: when the bot is ready you write to it, and say here that it was you.",
    placeholder: "123456789",
    inputMode: "text",
    shape: {
      is: /^\d{4,20}$/,
      says: "A Telegram user id is a number, such as 123456789. @userinfobot tells you yours.",
    },
  }),
  text("chatId", "Tell this Telegram chat when it is ready", {
    help: "A chat id. Empty: nobody is told.",
    placeholder: "-1001234567890",
    shape: {
      is: /^(-?\d{1,20}|@\w{5,32})$/,
      says: "A chat id is a number, such as -1001234567890, or a public name that begins with @.",
    },
  }),
]);
