import type { FeedEvent } from "./event.ts";

const seconds = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;

/** Who answered a question; the engine's own moves are by nobody. */
const saidBy = ({ by, to }: { by?: string; to: string }): string =>
  by !== undefined && to === "completed" ? `, answered by ${by}` : "";

/** An event as a sentence for a person; `titleOf` gives a step's title. */
export const sentenceOf = (event: FeedEvent, titleOf: (stepId: string) => string): string => {
  const step = event.stepId === undefined ? "" : titleOf(event.stepId);
  switch (event.type) {
    case "run.created":
      return `Started by ${event.by}.`;
    case "run.state":
      return `The run went from ${event.from} to ${event.to}${event.because === undefined ? "." : `: ${event.because}`}`;
    case "run.recovered":
      return "The server was started again and took this run up.";
    case "run.asked":
      return `${event.by} asked to ${event.wish} it.`;
    case "run.rewound":
      return `${event.by} went back to “${step}”; ${event.cleared.length === 0 ? "nothing else was cleared" : `cleared: ${event.cleared.map(titleOf).join(", ")}`}.`;
    case "run.modified":
      return `${event.by} changed the input: ${event.changed.join(", ")}.`;
    case "run.code":
      return `${event.by} let the run go on with the file of its workflow as it was then (version ${event.code.slice(0, 7)}).`;
    case "run.finalized":
      return `${event.by} finalized the run: it is read-only now.`;
    case "run.unlocked":
      return `${event.by} unlocked the run.`;
    case "cancel.signalled":
      return `The stop signal was sent to “${step}”.`;
    case "cancel.confirmed":
      return `“${step}” confirmed that it stopped, after ${seconds(event.tookMs)}.${event.note === undefined ? "" : ` ${event.note}`}`;
    case "cancel.unconfirmed":
      return `Could not confirm that “${step}” stopped: ${event.because}`;
    case "step.state":
      if (event.to === "undone") return `“${step}” is undone.`;
      return `“${step}” is ${event.to}${event.attempt > 1 && event.to === "running" ? ` (attempt ${event.attempt})` : ""}${saidBy(event)}${event.detail === undefined ? "." : `: ${event.detail}`}`;
    case "step.detail":
      return `“${step}”: ${event.detail ?? "what was said of it holds no more."}`;
    case "step.failed":
      return event.code === "cancelled"
        ? `“${step}” was stopped: ${event.message}`
        : `“${step}” failed: ${event.message}`;
    case "step.retry":
      return `“${step}” failed and will be tried again: ${event.message}`;
    case "step.interrupted":
      return `“${step}” had been cut off. ${event.checked === undefined ? "" : `${event.checked} `}${event.because}`;
    case "step.progress":
      return `“${step}”: ${event.progress.what}.`;
    case "step.substeps":
      return "changed" in event
        ? `“${step}”: ${event.changed.map(({ name, state }) => `${name} (${state})`).join(", ")}.`
        : `“${step}”: ${event.substeps.filter((one) => one.state === "completed").length} of ${event.substeps.length} parts done.`;
    case "step.look":
      return `“${step}”: look ${event.looks}, the answer was ${event.word}.`;
    case "step.item":
      return `${event.by} goes on without “${event.title}” of “${step}”.`;
    case "log":
      return `“${step}” wrote ${event.to - event.from + 1} log lines.`;
    default:
      return event satisfies never;
  }
};
