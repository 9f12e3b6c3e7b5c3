import type { Change } from "#core/change.ts";
import { claimOf } from "#core/claim.ts";
import type { AppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { after } from "#engine/commit/progress.ts";
import { flowOf, misfit } from "#engine/definition.ts";
import { begun, both } from "#engine/moves/forward.ts";
import type { Decide } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";
import { wordsOrNone } from "#engine/shapes.ts";
import { sizeAt } from "#engine/size.ts";
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

/**
 * Records that a step ended well, and in the same commit that the next one begins, where nothing comes between the two: that saves a commit
 * a step, and its sync of the disk.
 */
export const recordEnd = async (claim: Claim, ended: Decide): Promise<void> => {
  const { parts } = claim;
  const { run } = claim.at();
  const isSized = parts.workflows.of(run)?.size !== undefined;
  const size = isSized ? await sizeAt(parts, after(claim.at(), ended(claim.at(), parts.clock.now()))) : {};
  let next: Step | undefined;
  await claim.record((now, at) => {
    const move = both(ended(now, at), size);
    const then = after(now, move);
    next = claim.signal.aborted ? undefined : stepToBegin(parts, then);
    return next === undefined ? move : both(move, begun(then, next, at, "running"));
  });
  claim.ahead = next?.id ?? null;
  claim.isSized = next === undefined;
};

/** What a worker does first with a run that it takes, in the commit by which it takes it; null: nothing. */
export const firstOf = (parts: EngineParts, at: RunWithSteps, now: number): Change | null => {
  try {
    const next = stepToBegin(parts, at);
    return next === undefined ? null : parts.withClaim.change(at, begun(at, next, now, "running"), now);
  } catch (error) {
    // Whoever works on it fails at the same, and says so in the run.
    parts.log.warn({ err: error, runId: at.run.id }, "the first step could not begin with the claim");
    return null;
  }
};

/**
 * The step that may begin at once. Only one that may be done again without asking anybody: should the process die before it has done anything,
 * it counts as cut off. A turn, or what a person asked for comes first.
 */
const stepToBegin = ({ workflows }: Pick<EngineParts, "workflows">, then: RunWithSteps): Step | undefined => {
  const { run, steps } = then;
  if ((run.state !== "running" && run.state !== "queued") || run.wish !== null || run.turn !== null)
    return undefined;
  const next = steps.find(({ state }) => !isStepDone(state));
  if (next?.state !== "pending" || misfit(workflows, then) !== null) return undefined;
  const definition = flowOf(workflows, then)?.steps.find(({ id }) => id === next.id);
  if (definition?.kind !== "do" || definition.turn !== undefined) return undefined;
  return claimOf(definition).again ? next : undefined;
};
