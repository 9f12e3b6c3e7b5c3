import type { Child } from "hono/jsx";
import { type TriggerKind, triggerKinds } from "#core/cause.ts";
import { NewSchedulePage } from "#views/new-schedule.tsx";
import { SchedulePage } from "#views/schedule.tsx";
import { SchedulesPage } from "#views/schedules.tsx";
import { makingForm, whenFields } from "#web/pages/schedule-form.ts";
import { everyField } from "./samples/form.ts";
import { now } from "./samples/steps.ts";
import { firingsWith, nightly, triggersWith } from "./samples/triggers.ts";
import { viewer } from "./samples/viewer.ts";

/** All pages of what starts runs by itself, with a text of people wherever people write one. */
export const schedulePages = (text: string): Record<string, Child> => {
  const triggers = triggersWith(text);
  const workflows = [
    { id: "nightly", title: "Nightly report" },
    { id: "export", title: text },
  ];
  const titleOf = (id: string) => workflows.find((one) => one.id === id)?.title ?? id;
  const one = (kind: TriggerKind, more: object = {}) => (
    <SchedulePage
      {...viewer}
      trigger={triggers[kind]}
      maker={text}
      firings={firingsWith(text)}
      next="/schedules/t1?before=8"
      titleOf={titleOf}
      mayControl
      address="https://milepost.example.org/hooks/t3"
      form={{ fields: whenFields(kind, nightly, [nightly], triggers[kind]), submit: "Save" }}
      now={now}
      {...more}
    />
  );
  const making = (kind: TriggerKind, more: object = {}) => (
    <NewSchedulePage
      {...viewer}
      kind={kind}
      workflow={{ id: "nightly", title: text }}
      questions={["Which columns?", text]}
      answers="run #12"
      form={makingForm(kind, nightly, [nightly], { ...everyField, fields: everyField.fields.slice(2, 5) })}
      along={{ "milepost-kind": kind, "milepost-like": text }}
      now={now}
      {...more}
    />
  );
  return {
    schedules: (
      <SchedulesPage
        {...viewer}
        rows={Object.values(triggers).map((trigger) => ({
          trigger,
          last: firingsWith(text)[1] ?? null,
          mayControl: true,
        }))}
        workflows={workflows}
        mayMake
        mayPauseAll
        now={now}
      />
    ),
    "schedules-none": (
      <SchedulesPage {...viewer} rows={[]} workflows={workflows} mayMake mayPauseAll now={now} />
    ),
    schedule: one("schedule"),
    "schedule-wrong": one("schedule", {
      values: { "milepost-how": "cron", "milepost-cron": text },
      error: { message: `“${text}” is no cron line.`, field: "milepost-cron" },
      firings: [],
      next: null,
    }),
    "schedule-hook": one("hook", {
      secret: "mps_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      tried: { body: `{"name":"${text}"}`, fills: { project: text }, refusal: null },
    }),
    ...Object.fromEntries(
      triggerKinds.map((kind) => [
        `new-${kind}`,
        making(kind, kind === "schedule" ? { shown: triggers.schedule.when } : {}),
      ]),
    ),
  };
};
