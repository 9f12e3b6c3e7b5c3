import { command } from "#connectors/ssh/quote.ts";
import type { PlanLine } from "#core/workflow.ts";
import type { BotDeps, BotInput } from "./deps.ts";

export const says = (text: string): PlanLine => ({ kind: "words", text });
export const shellLine = (words: readonly string[]): PlanLine => ({ kind: "command", text: command(words) });

/** OpenClaw's commands as this node would be sent them, without connecting. */
export const openclawLines = async (
  deps: BotDeps,
  { connectionId }: Pick<BotInput, "connectionId">,
  ...commands: readonly (readonly string[])[]
): Promise<PlanLine[]> => {
  const { ssh, openclaw } = await deps.connect(connectionId);
  ssh.release();
  return commands.map((words) => ({ kind: "command", text: `${openclaw} ${command(words)}` }));
};
