import type { Outcome } from "#core/run.ts";
import type { BotInput } from "./deps.ts";
import type { Connected } from "./node.ts";
import { placesOf } from "./places.ts";

export const outcome = (input: BotInput, { ssh }: Connected): Outcome => ({
  sentence: `${input.displayName} is ready on ${input.connectionName}.`,
  facts: [
    { label: "Agent", value: input.name },
    { label: "Telegram account", value: input.name },
    { label: "Workspace", value: placesOf(ssh, input).workspace },
    { label: "OpenClaw", value: ssh.version },
  ],
});
