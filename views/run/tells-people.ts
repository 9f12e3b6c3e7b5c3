import type { FeedEvent } from "#core/event.ts";
import type { RunState } from "#core/states.ts";

/** Whether an event says something to people that no other one beside it says as well. Programs get them all. */
export const tellsPeople = (event: FeedEvent): boolean => {
  switch (event.type) {
    case "step.detail":
      return event.detail !== null;
    case "run.state":
      // Between these the run follows its steps, unless somebody asked for it.
      return event.because !== undefined || !follows.has(event.to);
    case "step.state":
      // That the run went back, or that a person asked to try again, has just been told; and so has why the step failed.
      if (event.to === "pending") return event.detail !== undefined;
      return event.to !== "failed" && !(event.from === "running" && event.to === "waiting");
    default:
      return true;
  }
};

const follows: ReadonlySet<RunState> = new Set(["queued", "running", "waiting", "asking"]);
