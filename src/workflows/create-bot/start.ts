import type { Connection } from "#core/connection.ts";
import { connection } from "#core/field-choices.ts";
import { secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { BotDeps, BotInput } from "./deps.ts";

const taken: ReadonlySet<string> = new Set(["main", "openclaw", "default"]);

/** Asks for the node, the name and the token; everything else has a default. */
export const startBot = ({ connections }: Pick<BotDeps, "connections">) =>
  start({
    fields: [
      connection("connection", "On which node?", {
        from: connections,
        kind: "ssh",
        what: "servers",
        whenEmpty: "There is no server yet. Add one under Connections, then come back.",
        builtInMark: "no server needed",
      }),
      name,
      token,
      identity,
    ],
    submit: "Create the bot",
    input: ({ connection, name, displayName, ...given }): BotInput => ({
      connectionId: connection.id,
      connectionName: connection.name,
      machine: machineOf(connection),
      name,
      displayName: displayName || name,
      ...given,
    }),
    subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
    lock: ({ machine, name }) => `bot:${machine}/${name}`,
  });

const machineOf = ({ id, values: { host = "", port = "" } }: Connection): string =>
  host === "" ? id : `${host.toLowerCase()}:${port}`;

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
  // Telegram's own shape of a bot token (core.telegram.org/bots/api, "Authorizing your bot").
  shape: {
    is: /^\d{6,}:[A-Za-z0-9_-]{30,}$/,
    says: "This is not a Telegram bot token. @BotFather gives one: digits, a colon, and about 35 letters and digits.",
  },
});

/** On the node's command line it would be taken for an option. */
const noOption = { is: /^[^-]/, says: "It must not begin with a hyphen." };

const identity = group("Who the bot is", [
  text("displayName", "Display name", { help: "Empty: the name above.", longest: 64, shape: noOption }),
  text("emoji", "Emoji", { placeholder: "🦞", longest: 16, shape: noOption }),
  text("purpose", "What it is for", { help: "Goes into its SOUL.md.", multiline: true, longest: 4_000 }),
  text("model", "Model", {
    help: "As provider/model. Empty: the node's default.",
    placeholder: "anthropic/claude-opus-4-6",
    shape: {
      is: /^[\w.][\w.-]*\/[\w./:@-]+$/,
      says: "A model is written as provider/model, such as anthropic/claude-opus-4-6.",
    },
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
