import type { Task } from "#connectors/dokploy/containers.ts";

/** What Dokploy writes at the end of every deployment that failed, whatever the reason was. */
const boilerplate =
  /^(error occurred|❌ pulling image failed|✅ pulling image completed|error: ❌ (docker command|script execution) failed)/i;

/** The line of a deployment's log that says why it failed: the last one before Dokploy's own closing words. */
export const reasonOf = (lines: readonly string[]): string | null => {
  const told = lines.filter((line) => line.trim() !== "" && !boilerplate.test(line.trim()));
  return told.at(-1)?.trim() ?? lines.at(-1)?.trim() ?? null;
};

/** Why containers ended, in Docker's words and in their own last ones. Empty when none of them ended. */
export const whyEnded = (
  failed: readonly Pick<Task, "is" | "error">[],
  output: readonly string[],
): string => {
  const [last] = failed;
  if (last === undefined) return "";
  const words = lastWords(output);
  return `The new container ended: “${last.error || last.is}”.${words === null ? "" : ` Its last words: “${words}”.`}`;
};

/** The last line that a container wrote, without Docker's time before it. */
const lastWords = (output: readonly string[]): string | null => {
  const line = output
    .at(-1)
    ?.replace(/^\S*\d{4}-\d\d-\d\dT\S+\s+/, "")
    .trim();
  return line === undefined || line === "" ? null : line.slice(0, 300);
};
