import type { TriggerKind } from "#core/cause.ts";
import { missedPolicies } from "#core/due.ts";
import type { Field, Form, TextField } from "#core/form.ts";
import { type PlainTimes, plainOf, weekdays } from "#core/plain-times.ts";
import { endsFollowed, overlaps, proofKinds, type Trigger, type When } from "#core/trigger.ts";
import type { Workflow } from "#core/workflow.ts";

/** Before the names of our own fields, which stand in one form with those of the workflow. */
export const own = "milepost-";
export const from = `${own}from-`;
export const hourMs = 3_600_000;

/** When it starts, as a person says it; `now` is how it is. */
export const whenFields = (
  kind: TriggerKind,
  workflow: Workflow,
  workflows: readonly Workflow[],
  now?: Trigger,
): Field[] => {
  const when = now?.when;
  const name: TextField = {
    kind: "text",
    name: `${own}name`,
    label: "Name",
    required: true,
    value: now?.name ?? "",
  };
  const pauseAfter: Field = {
    kind: "number",
    name: `${own}pauseAfter`,
    label: "Pause after so many failures in a row",
    help: "Empty: it never pauses by itself.",
    min: 1,
    max: 100,
    value: now?.pauseAfter?.toString() ?? "",
  };
  switch (kind) {
    case "schedule":
      return [name, ...clockFields(when?.kind === "schedule" ? when : null), pauseAfter];
    case "hook":
      return [
        name,
        ...(now === undefined ? proofFields : []),
        mappingFields(workflow, when, "the JSON that a call brings"),
        pauseAfter,
      ];
    case "after":
      return [
        name,
        ...afterFields(workflows, when),
        mappingFields(workflow, when, "the run that ended"),
        pauseAfter,
      ];
    default:
      return kind satisfies never;
  }
};

export const hows = [
  ["day", "Every day"],
  ["week", "Every week"],
  ["month", "Every month"],
  ["minutes", "Every so many minutes"],
  ["cron", "In words, or by a cron line"],
] as const satisfies readonly (readonly [PlainTimes["how"], string])[];

const missedWords = {
  once: "One run, however many were missed",
  all: "One run each, one after the other",
  skip: "Nothing",
} as const;
const overlapWords = {
  skip: "Skip the new one, and say so",
  queue: "Start it when the earlier one is over",
  cancel: "Cancel the earlier one",
} as const;

const options = (rows: readonly (readonly [string, string])[]) =>
  rows.map(([value, label]) => ({ value, label }));

const clockFields = (when: Extract<When, { kind: "schedule" }> | null): Field[] => {
  const plain: PlainTimes = when === null ? { how: "day", at: "07:00" } : plainOf(when.times);
  const days = [
    ["last", "the last"] as const,
    ...Array.from({ length: 28 }, (_, at) => [`${at + 1}`, `${at + 1}`] as const),
  ];
  return [
    {
      kind: "group",
      legend: "When",
      open: true,
      fields: [
        { kind: "select", name: `${own}how`, label: "How often", options: options(hows), value: plain.how },
        {
          kind: "text",
          name: `${own}at`,
          label: "Time of day",
          help: "For every day, week and month.",
          value: "at" in plain ? plain.at : "07:00",
        },
        {
          kind: "many",
          name: `${own}days`,
          label: "Days, for every week",
          options: options(weekdays.map((day, at) => [String(at + 1), day])),
          values: plain.how === "week" ? plain.days.map(String) : [],
        },
        {
          kind: "select",
          name: `${own}day`,
          label: "Day, for every month",
          options: options(days),
          value: plain.how === "month" ? plain.day : "1",
        },
        {
          kind: "number",
          name: `${own}minutes`,
          label: "Minutes, for every so many minutes",
          min: 1,
          value: plain.how === "minutes" ? String(plain.minutes) : "60",
        },
        {
          kind: "text",
          name: `${own}cron`,
          label: "Words or cron line",
          help: "“every Monday and Thursday at 7:00”, “on the last day of every month at 23:00”; or minute, hour, day, month, day of the week: 0 7 * * MON-FRI",
          value: plain.how === "cron" ? plain.cron : "",
        },
        {
          kind: "text",
          name: `${own}zone`,
          label: "Time zone",
          suggestions: Intl.supportedValuesOf("timeZone"),
          value: when?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
        },
      ],
    },
    {
      kind: "select",
      name: `${own}missed`,
      label: "Times that were missed while Milepost was not at work start",
      options: options(missedPolicies.map((one) => [one, missedWords[one]])),
      value: when?.missed ?? "once",
    },
    {
      kind: "number",
      name: `${own}within`,
      label: "Only what was missed within so many hours",
      help: "Empty: however long ago.",
      min: 1,
      value: when?.withinMs == null ? "" : String(when.withinMs / hourMs),
    },
    {
      kind: "select",
      name: `${own}overlap`,
      label: "While an earlier run is under way",
      options: options(overlaps.map((one) => [one, overlapWords[one]])),
      value: when?.overlap ?? "skip",
    },
  ];
};

const proofWords = {
  secret: "It says a secret in a header (Authorization: Bearer, X-Milepost-Secret, X-Gitlab-Token)",
  standard: "It is signed as Standard Webhooks are (webhook-signature)",
  github: "It is signed as GitHub does (X-Hub-Signature-256)",
} as const;

const proofFields: Field[] = [
  {
    kind: "select",
    name: `${own}proof`,
    label: "How a call proves itself",
    options: options(proofKinds.map((one) => [one, proofWords[one]])),
    value: "secret",
  },
  {
    kind: "text",
    name: `${own}secret`,
    label: "Secret",
    help: "Empty: Milepost makes one. Give one only where the other side makes it.",
    secret: true,
  },
];

const afterFields = (workflows: readonly Workflow[], when: When | undefined): Field[] => [
  {
    kind: "select",
    name: `${own}after`,
    label: "After a run of",
    options: options(workflows.map(({ id, title }) => [id, title])),
    ...(when?.kind === "after" ? { value: when.workflowId } : {}),
  },
  {
    kind: "many",
    name: `${own}on`,
    label: "Once that run has",
    options: options(endsFollowed.map((end) => [end, end])),
    values: when?.kind === "after" ? when.on : ["completed"],
  },
];

const mappingFields = (workflow: Workflow, when: When | undefined, what: string): Field => {
  const empty = `Empty: as it ${when === undefined ? "is filled in below" : "was filled in when this was made"}.`;
  return {
    kind: "group",
    legend: `Fields that are taken from ${what}`,
    help:
      what === "the run that ended"
        ? `A path for each, such as results.count.rows, input.project or run.number. ${empty}`
        : `A path for each, such as repository.name or commits.0.id. ${empty}`,
    open: true,
    fields: workflow.start.names.map((name) => ({
      kind: "text",
      name: from + name,
      label: name,
      value: when !== undefined && when.kind !== "schedule" ? (when.mapping[name] ?? "") : "",
    })),
  };
};

/** The form that makes one: when it starts, and with what. What comes with a call or a run need not be filled in. */
export const makingForm = (
  kind: TriggerKind,
  workflow: Workflow,
  workflows: readonly Workflow[],
  start: Form,
): Form => ({
  fields: [
    ...whenFields(kind, workflow, workflows),
    ...(start.fields.length === 0
      ? []
      : [
          {
            kind: "group",
            legend: "What each run starts with",
            open: true,
            fields: kind === "schedule" ? start.fields : start.fields.map(optional),
          } as const,
        ]),
  ],
  submit: "Make it",
});

const optional = (field: Field): Field => {
  if (field.kind === "group" || field.kind === "row") return { ...field, fields: field.fields.map(optional) };
  return field.kind === "text" ? { ...field, required: false } : field;
};
