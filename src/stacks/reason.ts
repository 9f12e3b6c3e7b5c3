import type { Task } from "#connectors/dokploy/containers.ts";
import { namesReason, withoutTime } from "#core/names-a-reason.ts";

/** What Dokploy writes at the end of every deployment that failed, whatever the reason was. */
const boilerplate =
  /^(error occurred|❌ pulling image failed|✅ pulling image completed|error: ❌ (docker command|script execution) failed)/i;

/** The line of a deployment's log that says why it failed: the last one before Dokploy's own closing words. */
export const reasonOf = (lines: readonly string[]): string | null => {
  const told = lines.filter((line) => line.trim() !== "" && !boilerplate.test(line.trim()));
  return told.at(-1)?.trim() ?? lines.at(-1)?.trim() ?? null;
};

/**
 * Why containers ended, in Docker's words and in those of the output. Empty when none of them ended. Where a former version runs beside, the
 * output is of both, so that its last line proves nothing: then what names a failure is quoted, as what it is.
 */
export const whyEnded = (
  failed: readonly Pick<Task, "is" | "error">[],
  output: readonly string[],
  { besideFormer = false }: { besideFormer?: boolean } = {},
): string => {
  const [last] = failed;
  if (last === undefined) return "";
  const lines = output.map((line) => withoutTime(line.trim()).slice(0, 300));
  const words = besideFormer ? lines.findLast(namesReason) : lines.at(-1);
  const said = besideFormer ? "In the output, where the former version writes too" : "Its last words";
  return `The new container ended: “${last.error || last.is}”.${words ? ` ${said}: “${words}”.` : ""}`;
};
