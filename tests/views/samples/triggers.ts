import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import type { FiringSeen, Trigger, When, WhenOf } from "#core/trigger.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { now } from "./steps.ts";

const trigger = <W extends When>(
  text: string,
  when: W,
  more: Partial<Trigger> & Pick<Trigger, "id">,
): Trigger<W> => ({
  name: text,
  workflowId: "nightly",
  mode: "automatic",
  values: {},
  former: null,
  secrets: null,
  proof: null,
  formerUntil: null,
  makerId: "owner",
  madeAt: now - 9e8,
  since: now - 9e8,
  pauseAfter: 3,
  paused: null,
  decided: now - 60_000,
  nextAt: null,
  revision: 1,
  fired: 8,
  ...more,
  when,
});

/** One that starts at the full hours of mornings, across the change of clocks in Berlin. */
const byClock: WhenOf<"schedule"> = {
  kind: "schedule",
  overlap: "skip",
  times: { cron: "30 2 * * MON-FRI" },
  zone: "Europe/Berlin",
  missed: "once",
  withinMs: 3_600_000,
};

/** One of each kind, with a text of people in all that people write. */
export const triggersWith = (text: string) => ({
  schedule: trigger(text, byClock, { id: "t1", nextAt: now + 9e6 }),
  paused: trigger(
    "Every so often",
    { ...byClock, times: { everyMinutes: 90 } },
    {
      id: "t2",
      paused: { at: now - 9e6, because: `3 runs in a row failed: ${text}`, withAll: true },
    },
  ),
  hook: trigger(
    `On each push ${text}`,
    { kind: "hook", proof: "github", mapping: { project: "repository.name" } },
    { id: "t3", formerUntil: now + 8e6 },
  ),
  after: trigger(
    `Report after ${text}`,
    { kind: "after", workflowId: "export", on: ["completed", "failed"], mapping: {} },
    { id: "t4" },
  ),
});

const firing = (n: number, more: Partial<FiringSeen>): FiringSeen => ({
  triggerId: "t1",
  key: `${n}`,
  n,
  at: now - n * 8e7,
  became: "run",
  because: null,
  runId: null,
  dueAt: now - n * 8e7,
  afterRunId: null,
  body: null,
  asked: "",
  run: null,
  ...more,
});

/** One of each that can become of a time or a call. */
export const firingsWith = (text: string): FiringSeen[] => [
  firing(1, { runId: "r1", run: { number: 1_204, workflowId: "nightly", state: "running", endedAt: null } }),
  firing(2, { runId: "r2", run: { number: 1_203, workflowId: "nightly", state: "failed", endedAt: now } }),
  firing(3, { became: "queued", because: "The earlier one, run #1203, is under way." }),
  firing(4, {
    became: "missed",
    because: "Milepost was not at work at that time: it was ended, or its machine slept.",
  }),
  firing(5, { became: "skipped", because: "Run #1201 was under way." }),
  firing(6, { became: "refused", because: `There is no project “${text}”.` }),
  firing(7, { runId: "r7" }),
  firing(8, {
    became: "refused",
    dueAt: null,
    because: `There is nothing at “${text}”, which fills in “project”.`,
    body: JSON.stringify({ repository: { name: text, url: "x".repeat(300) } }, null, 1),
  }),
];

/** The workflow that all of them start. */
export const nightly: Workflow = workflow(
  "nightly",
  "Nightly report",
  "Makes the report and sends it.",
  start({
    fields: [text("project", "Project")],
    subject: ({ project }) => project,
  }),
)
  .do("make", "Make the report", { run: async () => null })
  .hands(() => ({ sentence: "The report is made." }));
