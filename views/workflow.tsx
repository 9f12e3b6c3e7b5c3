import type { AuthoredFile } from "#core/authored.ts";
import type { Durations } from "#core/durations.ts";
import { type Form, isImpossible, type Values } from "#core/form.ts";
import { isKept, type Kept, type KeptAnswers } from "#core/kept.ts";
import type { RunSummary } from "#core/picture.ts";
import type { RunPlan } from "#core/plan.ts";
import { routes } from "#core/routes.ts";
import type { RunMode } from "#core/run.ts";
import type { StepKind } from "#core/step.ts";
import type { Trigger } from "#core/trigger.ts";
import { AskForm } from "./ask.tsx";
import { FieldView } from "./form/field.tsx";
import { usualText } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { KeptAnswersSection } from "./kept.tsx";
import { StateIcon } from "./parts/icon.tsx";
import { LiveList } from "./parts/live-list.tsx";
import { Notice } from "./parts/notice.tsx";
import { onceField } from "./parts/post-button.tsx";
import { RunList } from "./parts/run-list.tsx";
import { PlanView, UsualTime } from "./plan.tsx";
import { SchedulesOf } from "./schedules.tsx";
import { kindWords } from "./words.ts";
import { WorkflowActions } from "./workflow-actions.tsx";
import { FaultNotice } from "./workflow-files.tsx";

export interface WorkflowPageProps extends PageProps {
  workflow: {
    id: string;
    title: string;
    about: string;
    steps: readonly { id: string; title: string; kind: StepKind; plan?: unknown }[];
    size?: unknown;
  };
  /** Null: whoever looks may not start it. */
  form: Form | null;
  values?: Values;
  error?: { message: string; field?: string | null; runId?: string };
  /** What it would do with these values, once somebody asked for it. */
  plan?: RunPlan;
  mode?: RunMode;
  /** The kept answers that the form is filled in from. */
  from?: KeptAnswers | null;
  /** The file that it is, where people wrote it themselves. */
  file?: Pick<AuthoredFile, "file" | "version" | "fault"> | null;
  /** All that people keep. */
  kept: readonly Kept[];
  /** What starts it by itself. */
  triggers: readonly Trigger[];
  titleOf(workflowId: string): string;
  recent: readonly RunSummary[];
  /** A word for what they show; their poll tells it. */
  shown: string;
  /** How long it and its steps usually take. */
  usual: Pick<Durations, "next" | "steps">;
  now: number;
}

/** The field of the start form that says how to run; it is Milepost's own, no workflow's. */
export const modeField = "milepost-mode";
/** Says from which kept answers it was filled in. */
export const keptField = "milepost-kept";

const kindIcons = { do: "do", wait: "waiting", ask: "asking", each: "queued" } as const satisfies Record<
  StepKind,
  string
>;

/** What can be told of a run before it is started, with what was typed; null where that is nothing. */
const tellsOf = ({ steps, size }: WorkflowPageProps["workflow"]): string | null => {
  // Of a list at least its items are told.
  if (steps.some(({ kind, plan }) => kind === "each" || plan !== undefined)) return "Show what it would do";
  return size === undefined ? null : "Show how long it would take";
};

/** What a workflow will do, step by step, and the form that starts it. */
export const WorkflowPage = ({
  user,
  version,
  workflow,
  form,
  values,
  error,
  plan,
  mode = "automatic",
  from = null,
  file = null,
  kept,
  triggers,
  titleOf,
  recent,
  shown,
  usual,
  now,
}: WorkflowPageProps) => (
  <Frame title={workflow.title} user={user} version={version} active="home" now={now}>
    <p class="crumbs">
      <a href={routes.home.href()}>Home</a> / Start
    </p>
    <h1>{workflow.title}</h1>
    <p class="lead">{workflow.about}</p>
    {file?.fault != null && <FaultNotice file={file} fault={file.fault} now={now} />}
    <WorkflowActions id={workflow.id} kept={kept} isAdmin={user?.role === "admin"} mayStart={form !== null} />
    {form !== null && (
      <KeptAnswersSection
        kept={kept.filter((one) => isKept(one, "answers")).filter((one) => one.of === workflow.id)}
      />
    )}
    <div class="two-columns">
      <section aria-labelledby="start-title">
        <h2 id="start-title">Start a run</h2>
        <p>{usualSentence(usual.next)}</p>
        {from !== null && (
          <Notice tone="quiet" title={`Filled in as kept: “${from.name}”`} id="filled-from">
            <p>The questions after it are answered as kept, where that still fits.</p>
          </Notice>
        )}
        {error?.runId !== undefined && (
          <Notice tone="attention" title="A run is already under way for this" id="held-by">
            <p>
              <a href={routes.run.href({ id: error.runId })}>Go to that run</a>
            </p>
          </Notice>
        )}
        {form === null ? (
          <p class="note">You may look at this workflow and its runs, not start one.</p>
        ) : isImpossible(form) ? (
          form.fields.map((field, at) => <FieldView field={field} id={`start-${at}`} error={undefined} />)
        ) : (
          <div class="panel">
            <AskForm
              form={form}
              action={routes.startRun.href({ id: workflow.id })}
              id="start"
              error={error}
              values={values}
              moreButtons={
                tellsOf(workflow) !== null && (
                  <button type="submit" name="press" value="plan:" class="button-secondary">
                    {tellsOf(workflow)}
                  </button>
                )
              }
            >
              <input type="hidden" name={onceField} value="yes" />
              {from !== null && <input type="hidden" name={keptField} value={from.id} />}
              <label class="mode">
                <input
                  type="checkbox"
                  name={modeField}
                  value="supervised"
                  checked={mode === "supervised"}
                  aria-describedby="mode-help"
                />{" "}
                Ask me before each step
              </label>
              <small id="mode-help">Each step waits for your go-ahead and shows what it would do.</small>
            </AskForm>
          </div>
        )}
      </section>
      {plan === undefined ? <Steps steps={workflow.steps} usual={usual.steps} /> : <PlanView plan={plan} />}
    </div>
    <SchedulesOf
      workflowId={workflow.id}
      triggers={triggers}
      titleOf={titleOf}
      now={now}
      mayMake={form !== null}
    />
    {recent.length > 0 && (
      <section aria-labelledby="recent-title">
        <h2 id="recent-title">Recent runs of this workflow</h2>
        <RecentRuns workflowId={workflow.id} rows={recent} now={now} shown={shown} />
        <p class="more">
          <a href={routes.runs.href({ workflowId: workflow.id })}>All its runs</a>
          {" · "}
          <a href={routes.durations.href({ id: workflow.id })}>How long they take</a>
        </p>
      </section>
    )}
  </Frame>
);

/** Its newest runs, which poll: `shown` is the word for what they show. */
export const RecentRuns = ({
  workflowId,
  rows,
  now,
  shown,
}: {
  workflowId: string;
  rows: readonly RunSummary[];
  now: number;
  shown: string;
}) => (
  <LiveList
    id="recent-live"
    address={routes.workflow.href({ id: workflowId }, { fragment: "recent", v: shown })}
  >
    <RunList rows={rows} now={now} id="recent" />
  </LiveList>
);

const usualSentence = (next: Durations["next"]): string => {
  if (next === null) return "No run of it has completed yet, so nobody knows how long it takes.";
  const [middle, range] = usualText(next);
  return middle === null ? `It usually takes ${range}.` : `It usually takes ${middle} (${range}).`;
};

const Steps = ({
  steps,
  usual,
}: Pick<WorkflowPageProps["workflow"], "steps"> & { usual: Durations["steps"] }) => (
  <section aria-labelledby="plan-title">
    <h2 id="plan-title">What will happen</h2>
    <ol class="plan">
      {steps.map((step) => (
        <li class={step.kind === "ask" ? "tone-attention" : "tone-waiting"}>
          <span class="plan-icon" data-kind={step.kind}>
            <StateIcon state={kindIcons[step.kind]} />
          </span>
          <span>
            <strong>{step.title}</strong> <small>{kindWords[step.kind]}</small>{" "}
            <UsualTime of={usual.find((one) => one.id === step.id)} />
          </span>
        </li>
      ))}
    </ol>
  </section>
);
