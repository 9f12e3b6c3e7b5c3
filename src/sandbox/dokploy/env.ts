import { parse } from "dotenv";
import type { ComposeRow, Tables } from "./rows.ts";

/**
 * What a container gets of an application's variables: Dokploy reads the text with dotenv and then fills in references like
 * `${{project.NAME}}`. A reference to nothing gives the line that its log shows instead.
 */
export const readEnv = (
  tables: Tables,
  { env, environmentId }: Pick<ComposeRow, "env" | "environmentId">,
): string[] | string => {
  const environment = tables.environments.find((row) => row.environmentId === environmentId);
  const project = tables.projects.find((row) => row.projectId === environment?.projectId);
  const own = parse(env ?? "");
  const known = { project: parse(project?.env ?? ""), environment: parse(environment?.env ?? "") };
  let missing: string | null = null;
  const filled = Object.entries(own).map(([name, value]) => {
    const resolved = value.replace(/\$\{\{(.*?)\}\}/g, (_, reference: string) => {
      const [, scope, of] = /^(project|environment)\.(.*)$/.exec(reference) ?? [];
      const found =
        scope === undefined || of === undefined ? own[reference] : known[scope as keyof typeof known][of];
      if (found === undefined)
        missing ??= `Invalid ${scope === undefined ? "" : `${scope} `}environment variable: ${reference}`;
      return found ?? "";
    });
    return `${name}=${resolved}`;
  });
  return missing ?? filled;
};
