import { expect } from "vitest";
import type { Event } from "#core/event.ts";
import { createReplay } from "#core/replay.ts";
import type { RunWithSteps } from "#core/run.ts";

/** Plays all events of a run and holds it, after each commit's last event, against the rows of that commit. */
export const assertReplays = (
  commits: readonly RunWithSteps[],
  events: readonly Event[],
  last: RunWithSteps,
): void => {
  // Later than any event, so that nothing is taken from the rows as they are.
  const at = { ...last, run: { ...last.run, lastEvent: Number.POSITIVE_INFINITY } };
  const replay = createReplay();
  let seen = 0;
  for (const event of events) {
    const then = replay.next(event, at);
    for (const rows of commits.filter(({ run }) => run.lastEvent === event.n)) {
      seen += 1;
      expect(told(then), `after ${event.type} ${event.n}`).toEqual(told(rows));
    }
  }
  expect(seen).toBe(commits.length);
};

/** What events have to tell completely. */
const told = ({ run, steps }: RunWithSteps) => ({
  run: run.state,
  steps: steps.map(({ id, state, attempt, detail, error, progress, share, substeps, waiting }) => ({
    id,
    state,
    attempt,
    detail,
    error: error === null ? null : { code: error.code, message: error.message },
    progress,
    share,
    substeps,
    waiting: waiting === null ? null : { for: waiting.for, word: waiting.word, looks: waiting.looks },
  })),
});
