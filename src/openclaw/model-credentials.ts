import type { z } from "zod";
import type { modelStatus } from "./answers.ts";

/** Whether the model that an agent would use has credentials; `missing` is the provider that has none. */
export const credentialsIn = ({
  auth,
  resolvedDefault,
  defaultModel,
}: z.infer<typeof modelStatus>): { model: string | null; missing: string | null } => ({
  model: resolvedDefault ?? defaultModel ?? null,
  missing: auth?.missingProvidersInUse[0] ?? null,
});

/** What is to be done about it, as a sentence. */
export const noCredentials = (provider: string): string =>
  `There are no credentials of “${provider}”, whose model this bot uses, so it cannot answer. Give the node some with “openclaw models auth paste-api-key --provider ${provider} --agent main”.`;
