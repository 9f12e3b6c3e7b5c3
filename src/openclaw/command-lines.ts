import type { OpenclawLimits } from "#connectors/ssh/limits.ts";
import { command } from "#connectors/ssh/quote.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { sends } from "#core/plan-line.ts";
import type { NodeDeps, OnNode } from "./deps.ts";

/** A command as the shell of the node would be sent it. */
export const shellLine = (words: readonly string[]): PlanLine => sends(command(words));

/** OpenClaw's commands as this node would be sent them, without connecting; some depend on how long its commands may take. */
export const openclawLines = async (
  deps: Pick<NodeDeps, "connect">,
  { connectionId }: OnNode,
  ...commands: readonly (readonly string[] | ((limits: OpenclawLimits) => readonly string[]))[]
): Promise<PlanLine[]> => {
  const lent = await deps.connect(connectionId, null);
  lent.ssh.release();
  return commands.map((words) =>
    sends(`${lent.openclaw} ${command(typeof words === "function" ? words(lent) : words)}`),
  );
};
