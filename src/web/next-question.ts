import type { Engine } from "#engine/engine.ts";

/** The longest that an answer is held back for the question after it. */
const patienceMs = 1_000;

/**
 * Resolves when the run asks or is over, or after a second. The next question is often a moment away: better to wait that moment than
 * to show "queued" until the next poll.
 */
export const untilNextQuestion = (
  engine: Pick<Engine, "settled">,
  runId: string,
  signal: AbortSignal,
): Promise<void> => engine.settled(runId, patienceMs, signal);
