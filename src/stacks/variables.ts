import { change } from "#connectors/dokploy/bodies.ts";
import type { Deployable, Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import { changedEnv, envText, readVariables } from "./env-lines.ts";
import type { StackBase } from "./input.ts";
import { detailsOf, type UsedService } from "./service.ts";

type Asked = Pick<StackBase, "variables" | "removedVariables" | "replaceVariables">;

/** What becomes of the variables; null when they stay as they are. */
export const changesOf = ({ variables, removedVariables = [], replaceVariables }: Asked): string | null => {
  const set = variables.length === 0 ? "" : `Sets ${variables.join(", ")}.`;
  if (replaceVariables) return `${set} Takes out all other variables.`.trim();
  const out = removedVariables.length === 0 ? "" : `Takes out ${removedVariables.join(", ")}.`;
  const all = `${set} ${out}`.trim();
  return all === "" ? null : `${all} All other variables stay.`;
};

/** Read back, because what Dokploy keeps is what the container gets. */
export const setVariables = async (
  dokploy: Dokploy,
  used: UsedService,
  before: string,
  { input, signal, env }: { input: Asked; signal: AbortSignal; env: () => string },
): Promise<void> => {
  const set = input.variables.length === 0 ? new Map<string, string>() : readVariables(env());
  const text = input.replaceVariables
    ? envText(set)
    : changedEnv(before, { set, remove: input.removedVariables ?? [] });
  await dokploy.change(used, { env: text }, signal);
  const { columns } = await detailsOf(dokploy, used, signal);
  if ((columns.env ?? "") === text) return;
  throw new AppError(
    "remote-odd",
    "Dokploy keeps other environment variables than it was sent. Somebody may have changed them at the same time; try again.",
  );
};

/** The request that sets them, for a plan: without their values. */
export const shownVariables = (dokploy: Dokploy, used: Deployable, input: Asked) => {
  const others = input.replaceVariables ? [] : ["…"];
  const env = [...others, ...input.variables.map((name) => `${name}=•••`)].join("\n");
  const { call, body } = change(used, { env });
  return sends(dokploy.request(call, body));
};
