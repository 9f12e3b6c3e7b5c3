import { command } from "#connectors/ssh/quote.ts";
import { sends } from "#core/plan-line.ts";
import type { PlanLine } from "#core/workflow.ts";
import type { NodeDeps, OnNode } from "./deps.ts";

/** A command as the shell of the node would be sent it. */
export const shellLine = (words: readonly string[]): PlanLine => sends(command(words));

/** OpenClaw's commands as this node would be sent them, without connecting. */
export const openclawLines = async (
  deps: Pick<NodeDeps, "connect">,
  { connectionId }: OnNode,
  ...commands: readonly (readonly string[])[]
): Promise<PlanLine[]> => {
  const { ssh, openclaw } = await deps.connect(connectionId, null);
  ssh.release();
  return commands.map((words) => sends(`${openclaw} ${command(words)}`));
};
