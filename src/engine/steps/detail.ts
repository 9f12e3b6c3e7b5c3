import type { AppError } from "#core/errors.ts";
import type { Step } from "#core/step.ts";
import { callAuthor } from "#engine/author.ts";
import type { EngineParts } from "#engine/parts.ts";
import { wordsOrNone } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";

/** The author's line about a result. */
export const detailOf = async (
  parts: Pick<EngineParts, "clock" | "log" | "limits">,
  step: Step,
  definition: { detail?(value: unknown): unknown },
  value: unknown,
): Promise<{ detail: string | null } | { error: AppError }> => {
  if (definition.detail === undefined) return { detail: null };
  const called = await callAuthor(parts, {
    of: step.title,
    name: "detail",
    shape: wordsOrNone,
    limitMs: parts.limits.words,
    graceMs: 0,
    run: () => definition.detail?.(value),
  });
  if (called.kind === "value") return { detail: called.value };
  if (called.kind === "error") return { error: called.error };
  throw new Stop(called.why);
};
