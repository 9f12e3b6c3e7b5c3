import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { accountPath, accountsBoundTo } from "./accounts.ts";
import { agentPath } from "./agent-path.ts";
import { agentList } from "./answers.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { configAt } from "./patch-config.ts";

/** What the configuration says of an agent; OpenClaw has more, which is kept as it is. */
const entryShape = z.looseObject({
  model: z.unknown().optional(),
  identity: z.looseObject({ name: z.string().optional(), emoji: z.string().optional() }).optional(),
});

const accountShape = z.looseObject({ tokenFile: z.string().optional(), botToken: z.unknown().optional() });

/** A bot that is there, whoever made it. */
export interface KnownBot {
  name: string;
  /** Where the configuration has it. */
  path: string;
  /** As JSON, because it may be a text or say what to fall back to; null: the node's default. */
  model: string | null;
  displayName: string | null;
  /** As OpenClaw shows it: on some versions what its IDENTITY.md says counts more than the configuration. */
  shown: { name: string | null; emoji: string | null };
  emoji: string | null;
  /** Absolute. */
  workspace: string | null;
  /** The agent that OpenClaw falls back to: never to be deleted. */
  isDefault: boolean;
  /** Its Telegram account; null: none, or several, which nobody can choose between. */
  account: string | null;
  /** Where the account's token is; null: it stands in the configuration itself. */
  tokenFile: string | null;
  /** Other agents whose workspace is this one's or lies in it. */
  sharesWith: string[];
}

/** Reads all that there is of a bot. Throws AppError "not-found" with the names of those that are there. */
export const readBot = async (node: Node, facts: NodeFacts, name: string): Promise<KnownBot> => {
  const all = await node.openclaw.json(["agents", "list"], agentList);
  const agent = all.find(({ id }) => id === name);
  if (agent === undefined) {
    const there = all.map(({ id }) => id).join(", ");
    throw new AppError("not-found", `There is no bot “${name}” on ${node.ssh.name}. There are: ${there}.`, {
      field: "name",
    });
  }
  const path = await agentPath(node, facts, name);
  const { model, identity } = entryShape.parse((await configAt(node, path)) ?? {});
  const bound = (await accountsBoundTo(node, name)).filter((one) => one !== "*");
  const account = bound.length === 1 ? (bound[0] ?? null) : null;
  const told = account === null ? {} : accountShape.parse((await configAt(node, accountPath(account))) ?? {});
  const workspace = agent.workspace ?? null;
  return {
    name,
    path,
    model: model === undefined ? null : JSON.stringify(model),
    displayName: identity?.name ?? null,
    emoji: identity?.emoji ?? null,
    shown: { name: agent.identityName ?? null, emoji: agent.identityEmoji ?? null },
    workspace,
    isDefault: agent.isDefault === true,
    account,
    tokenFile: told.tokenFile ?? null,
    sharesWith: all
      .filter(
        (one) =>
          one.id !== name &&
          workspace !== null &&
          (one.workspace === workspace || one.workspace?.startsWith(`${workspace}/`) === true),
      )
      .map(({ id }) => id),
  };
};

/** "anthropic/claude-opus-4-6"; OpenClaw allows a list of further ones to fall back to as well. */
export const modelText = (model: KnownBot["model"]): string => {
  if (model === null) return "the node's default";
  const shape = z.union([
    z.string(),
    z.looseObject({ primary: z.string() }).transform(({ primary }) => primary),
  ]);
  return shape.catch(model).parse(JSON.parse(model));
};
