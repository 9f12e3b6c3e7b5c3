import { assertMay, type Verb } from "#core/rules.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { Unwritten } from "#engine/commit/commit.ts";
import { findRun, misfit } from "#engine/definition.ts";
import type { Decide } from "#engine/moves/move.ts";
import type { EngineParts } from "#engine/parts.ts";

/**
 * Does what a person asked for: checks the rule and commits the move in one transaction, then wakes the worker. `before` is the run as
 * it was found, where the verb has read it already.
 */
export const act = async (
  parts: EngineParts,
  verb: Verb,
  runId: string,
  decide: Decide,
  before?: RunWithSteps,
): Promise<void> => {
  const { run } = before ?? (await findRun(parts, runId));
  if (goesOn.has(verb)) await parts.workflows.ready(run);
  await commitOnce(parts, run, (now, at) => {
    assertMay(verb, now);
    const move = decide(now, at);
    // A worker would only find that out later, and fail the run.
    const refused = goesOn.has(verb) && move.run?.code === undefined ? misfit(parts.workflows, now) : null;
    if (refused !== null) throw refused;
    return move;
  });
  parts.wake();
};

/** What needs the workflow as the run began with it. */
const goesOn: ReadonlySet<Verb> = new Set(["resume", "retry", "rewind", "undo", "skip"]);

/** A person is told at once that nothing could be saved, instead of waiting for it. */
export const commitOnce = async (
  { commit }: Pick<EngineParts, "commit">,
  run: Run,
  decide: Decide,
): Promise<void> => {
  try {
    await commit(run, decide);
  } catch (error) {
    throw error instanceof Unwritten ? error.cause : error;
  }
};
