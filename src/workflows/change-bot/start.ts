import { text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import {
  botLock,
  existingBot,
  modelShape,
  type NodeChoice,
  newToken,
  nodeField,
  nodeOf,
  noOption,
} from "#openclaw/start-fields.ts";

/** What stays as it is, is "". */
export interface Change extends NodeChoice {
  name: string;
  displayName: string;
  emoji: string;
  /** "provider/model", or `nodesDefault`. */
  model: string;
  hasToken: boolean;
}

/** The word by which a bot is given no model of its own. */
export const nodesDefault = "default";

/** Asks which bot, and what of it is to be another. */
export const startChange = ({ connections }: Pick<NodeDeps, "connections">) =>
  start({
    fields: [
      nodeField(connections),
      existingBot,
      text("displayName", "New display name", {
        help: "Empty: stays as it is.",
        longest: 64,
        shape: noOption,
      }),
      text("emoji", "New emoji", { help: "Empty: stays as it is.", longest: 16, shape: noOption }),
      text("model", "New model", {
        help: `As provider/model. “${nodesDefault}”: the node's default. Empty: stays as it is.`,
        placeholder: "anthropic/claude-opus-4-6",
        shape: { ...modelShape, is: new RegExp(`^${nodesDefault}$|${modelShape.is.source}`) },
      }),
      newToken,
    ],
    submit: "Change the bot",
    input: ({ connection, token, ...given }): Change => {
      if (!token && given.displayName === "" && given.emoji === "" && given.model === "")
        throw wrong("displayName", "Say what is to change: its name, its emoji, its model or its token.");
      return { ...nodeOf(connection), ...given, hasToken: token };
    },
    subject: ({ connectionName, name }) => `${connectionName} / ${name}`,
    lock: botLock,
  });
