import type { Recorded } from "#core/change.ts";
import type { Feed } from "#core/feed.ts";
import type { Log } from "#core/log.ts";
import type { Run } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import { durationText } from "#views/clock-words.js";

/** One line of the server's log for each change of a run's state. What people typed is in none; why it failed is as its page says it, without secrets. */
export const logRuns = (feed: Feed, log: Log): void => {
  feed.listen((recorded) => {
    for (const line of linesOf(recorded)) {
      const { id, workflowId, number, state } = recorded.run;
      const about = { runId: id, workflow: workflowId, number, state: line.state ?? state };
      if (line.state === "failed") log.warn(about, line.text);
      else log.info(about, line.text);
    }
  });
};

interface Line {
  state?: Run["state"];
  text: string;
}

const linesOf = ({ run, steps, events, deleted }: Recorded): Line[] => {
  const name = `${run.title} #${run.number}`;
  if (deleted === true) return [{ text: `${name} was deleted` }];
  return events.flatMap((event): Line[] => {
    if (event.type === "run.created")
      return [{ state: "queued", text: `${name} was started by ${event.by}` }];
    if (event.type === "run.asked") return [{ text: `${name} was told by ${event.by} to ${event.wish}` }];
    if (event.type !== "run.state") return [];
    const { to } = event;
    const current =
      steps.find(({ id }) => id === run.error?.stepId) ?? steps.find(({ state }) => state === "asking");
    const at = current === undefined ? "" : ` at “${current.title}”`;
    switch (to) {
      case "completed":
      case "cancelled":
      case "undone":
        return [{ state: to, text: `${name} ${words[to]}${after(run)}` }];
      case "failed":
        return [{ state: to, text: `${name} failed${at}${after(run)}${because(run)}` }];
      case "asking":
        return [{ state: to, text: `${name} needs an answer${at}` }];
      case "queued":
      case "running":
      case "waiting":
      case "paused":
      case "undoing":
        return [{ state: to, text: `${name} ${words[to]}` }];
      default:
        return to satisfies never;
    }
  });
};

const words = {
  queued: "goes on",
  running: "is at work",
  waiting: "waits",
  paused: "is paused",
  undoing: "is being undone",
  completed: "completed",
  cancelled: "was cancelled",
  undone: "was undone",
} as const;

const after = ({ startedAt, endedAt, state }: Run): string =>
  startedAt === null || endedAt === null || !isOver(state)
    ? ""
    : ` after ${durationText(endedAt - startedAt)}`;

const because = ({ error }: Run): string => (error === null ? "" : `: ${error.message}`);
