import type { Connection, Connections } from "#core/connection.ts";
import { connection } from "#core/field-choices.ts";
import { secret, text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import type { NeedsTurn } from "#core/turn.ts";
import type { OnNode } from "./deps.ts";
import { longestCommandMs } from "./gateway.ts";
import { gatewayRetry } from "./openclaw.ts";

/** A machine as people and other runs know it. */
export interface NodeChoice extends OnNode {
  connectionName: string;
  /** Its address, which two connections may share; its id where that is not known. */
  machine: string;
}

/** Of a chosen connection. */
export const nodeOf = ({ id, name, values }: Connection): NodeChoice => ({
  connectionId: id,
  connectionName: name,
  machine: machineOf(values) ?? id,
});

/** Behind another jump host the same address is another machine. */
const machineOf = ({ host = "", port = "", jumps = "" }: Connection["values"]): string | null => {
  if (host === "") return null;
  return `${host.toLowerCase()}:${port}${jumps === "" ? "" : ` behind ${jumps.toLowerCase()}`}`;
};

/** The configuration and the gateway are everybody's on a machine: of two who restart it at once, one may leave it down. */
const gatewayTurn: NeedsTurn<Pick<NodeChoice, "machine">> = {
  of: ({ machine }) => `gateway of ${machine}`,
};

/**
 * What a step has that works on them; one that comes while the gateway takes no commands comes again. Each of its commands has a limit, which
 * the connection sets, so that the step's own, and that of its look at what an earlier try did, is only a fuse behind them.
 */
export const atGateway = { turn: gatewayTurn, retry: gatewayRetry, timeoutMs: 2 * longestCommandMs };

/** Only one run at a time may make or change a bot. */
export const botLock = ({ machine, name }: { machine: string; name: string }): string =>
  `bot:${machine}/${name}`;

export const nodeField = (from: Connections) =>
  connection("connection", "On which node?", {
    ...{ from, kind: "ssh", what: "servers", builtInMark: "no server needed" },
    whenEmpty: "There is no server yet. Add one under Connections, then come back.",
  });

/** The id of a bot that is there, whoever made it: OpenClaw's own shape. */
export const existingBot = text("name", "Bot", {
  help: "Its id on the node; the node's page lists them.",
  placeholder: "mybot",
  required: true,
  autocomplete: "off",
  shape: {
    is: /^[a-z0-9][a-z0-9_-]{0,63}$/,
    says: "A bot's id has lower case letters, digits, hyphens and underscores, 64 at most.",
  },
});

/** Telegram's own shape of a bot token (core.telegram.org/bots/api, "Authorizing your bot"). */
export const tokenShape = {
  is: /^\d{6,}:[A-Za-z0-9_-]{30,}$/,
  says: "This is not a Telegram bot token. @BotFather gives one: digits, a colon, and about 35 letters and digits.",
};

/** Typed unseen; what may be told of it is whether there is one. */
export const newToken = secret("token", "New Telegram bot token", {
  help: "From @BotFather. Empty: stays as it is.",
  placeholder: "123456789:AA…",
  shape: tokenShape,
  tells: (typed) => typed !== "",
});

/** On the node's command line it would be taken for an option. */
export const noOption = { is: /^[^-]/, says: "It must not begin with a hyphen." };

export const modelShape = {
  is: /^[\w.][\w.-]*\/[\w./:@-]+$/,
  says: "A model is written as provider/model, such as anthropic/claude-opus-4-6.",
};

/** A number of something, typed. Throws AppError("bad-input", …, { field }). */
export const countOf = (field: string, typed: string, most: number): number => {
  if (/^\d{1,6}$/.test(typed) && Number(typed) <= most) return Number(typed);
  throw wrong(field, `This is a number from 0 to ${most}.`);
};
