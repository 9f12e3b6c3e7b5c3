import { act, assertAtRest, type VerbDeps } from "./verb.ts";

/** Goes on exactly where the run was paused: a wait keeps the time of its next look, a question is asked again. */
export const resume = (deps: VerbDeps, runId: string, _by: string): Promise<void> =>
  act(deps, runId, (now, at) => {
    assertAtRest(now, at, ["paused"], "resume");
    const to = now.run.pausedFrom ?? "queued";
    const waiting = now.steps.find((step) => step.state === "waiting");
    const asking = now.steps.find((step) => step.state === "asking");
    const wakeAt =
      to === "asking" ? (asking?.waiting?.nextAt ?? null) : Math.max(at, waiting?.waiting?.nextAt ?? at);
    return {
      run: { state: to, wakeAt, pausedFrom: null },
      steps:
        waiting?.waiting == null
          ? []
          : [{ id: waiting.id, patch: { waiting: { ...waiting.waiting, since: at } } }],
      events: [{ type: "run.state", from: "paused", to }],
    };
  });
