import type { FeedEvent } from "#core/event.ts";

/** Whether an event says something to people that no other one beside it says as well. Programs get them all. */
export const tellsPeople = (event: FeedEvent): boolean => {
  if (event.type === "step.detail") return event.detail !== null;
  if (event.type !== "step.state") return true;
  // That the run went back, or that a person asked to try again, has just been told; and so has why the step failed.
  return event.to === "pending" ? event.detail !== undefined : event.to !== "failed";
};
