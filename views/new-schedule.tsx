import type { TriggerKind } from "#core/cause.ts";
import type { Form, Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import type { When } from "#core/trigger.ts";
import { AskForm } from "./ask.tsx";
import type { FormError } from "./form/form-error.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { NextTimes } from "./schedule.tsx";
import { kindWords } from "./trigger-words.ts";

export interface NewSchedulePageProps extends PageProps {
  kind: TriggerKind;
  workflow: { id: string; title: string };
  /** The questions that its runs may ask. */
  questions: readonly string[];
  /** Where answers are taken from: "run #12". */
  answers: string | null;
  form: Form;
  values?: Values | undefined;
  error?: FormError | undefined;
  /** When it would start, once somebody asked for it. */
  shown?: When | undefined;
  /** What comes along with the form. */
  along: Readonly<Record<string, string>>;
  now: number;
}

const titles = {
  schedule: "Schedule",
  hook: "Start by a call:",
  after: "Start after a run:",
} as const satisfies Record<TriggerKind, string>;

/** Makes something that starts runs by itself. */
export const NewSchedulePage = ({
  kind,
  workflow,
  questions,
  answers,
  form,
  values,
  error,
  shown,
  along,
  now,
  ...page
}: NewSchedulePageProps) => (
  <Frame title={`New ${kindWords[kind]}`} {...page} active="schedules" now={now}>
    <p class="crumbs">
      <a href={routes.schedules.href()}>Schedules</a> / New
    </p>
    <h1>
      {titles[kind]} {workflow.title}
    </h1>
    {questions.length > 0 && (
      <p class="note" id="may-ask">
        A run of it may ask: {questions.map((one) => `“${one}”`).join(", ")}.{" "}
        {answers === null
          ? "Then it waits for a person."
          : `What was answered in ${answers} is answered in the same way where that still fits; all else waits for a person.`}
      </p>
    )}
    {shown !== undefined && <NextTimes trigger={{ when: shown, paused: null }} now={now} asked />}
    <AskForm
      form={form}
      action={routes.schedules.href()}
      id="make"
      {...(values === undefined ? {} : { values })}
      {...(error === undefined ? {} : { error })}
      moreButtons={
        kind === "schedule" && (
          <button type="submit" name="press" value="plan:" class="button-secondary">
            Show its next times
          </button>
        )
      }
    >
      {Object.entries(along).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </AskForm>
  </Frame>
);
