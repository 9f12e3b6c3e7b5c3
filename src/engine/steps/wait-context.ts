import type { Step, Waiting } from "#core/step.ts";
import { waitedMs } from "#core/step.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Results } from "#core/workflow.ts";
import type { Claim } from "#engine/claim.ts";
import { stepContext } from "./context.ts";
import type { LogIntake } from "./log-intake.ts";
import { assertTold } from "./reporter.ts";

/** What every function of a wait step is given. */
export const waitContext = (
  claim: Claim,
  step: Step,
  waiting: Waiting,
  signal: AbortSignal,
  intake: LogIntake,
): WaitContext<unknown, Results> => ({
  ...stepContext(claim.parts, claim.at(), step, signal),
  look: waiting.looks + 1,
  attempt: step.attempt,
  key: `${step.runId}/${step.id}`,
  memo: waiting.memo,
  kept: waiting.kept,
  progress: step.progress,
  waitedMs: waitedMs(waiting, claim.parts.clock.now()),
  waitingSince: step.attemptAt ?? step.startedAt ?? waiting.since,
  log: (text, level = "info") => {
    assertTold(typeof text === "string" && typeof level === "string", "a line of text");
    intake.log(text, level);
  },
});
