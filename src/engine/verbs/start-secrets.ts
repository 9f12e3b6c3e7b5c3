import { textOf, type Values } from "#core/form.ts";
import type { Run } from "#core/run.ts";
import { type Secrets, secretOwner } from "#core/secrets.ts";
import type { Workflow } from "#core/workflow.ts";

/** The fields of the start form that are secrets. */
export const secretsOf = (flow: Workflow): readonly string[] => flow.start.secrets;

/** What was typed to start a run, without the secrets. */
export const withoutSecrets = (values: Values, flow: Workflow): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !secretsOf(flow).includes(name)));

/** The secrets that were typed, sealed for this run; null when there are none. */
export const sealedSecrets = (
  values: Values,
  flow: Workflow,
  runId: string,
  { secrets }: { secrets: Secrets },
): Record<string, string> | null => {
  const given = secretsOf(flow)
    .map((name) => [name, textOf(values, name)] as const)
    .filter(([, text]) => text !== "");
  if (given.length === 0) return null;
  return Object.fromEntries(given.map(([name, text]) => [name, secrets.seal(text, secretOwner(runId))]));
};

/** The secrets of a run, opened. */
export const openSecrets = (run: Pick<Run, "id" | "secrets">, secrets: Secrets): Record<string, string> =>
  Object.fromEntries(
    Object.entries(run.secrets ?? {}).map(([name, sealed]) => [
      name,
      secrets.open(sealed, secretOwner(run.id)),
    ]),
  );
