import { z } from "zod";
import { AppError } from "#core/errors.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { traitsOf } from "./traits.ts";

const listed = z.array(z.looseObject({ id: z.string().optional() }));

/** Where OpenClaw's configuration keeps an agent. Old versions have a list, where the place of one is its number. */
export const agentPath = async (
  { openclaw, ssh }: Node,
  { version }: NodeFacts,
  name: string,
): Promise<string> => {
  if (traitsOf(version).entries) return `agents.entries.${name}`;
  const agents = await openclaw.json(["config", "get", "agents.list"], listed);
  const index = agents.findIndex((one) => one.id === name);
  if (index >= 0) return `agents.list[${index}]`;
  throw new AppError("remote-odd", `The configuration of ${ssh.name} does not list “${name}”.`, {
    canPass: false,
  });
};
