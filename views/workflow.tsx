import type { Form, Values } from "#core/form.ts";
import type { RunSummary } from "#core/picture.ts";
import type { StepKind } from "#core/step.ts";
import { urls } from "#core/urls.ts";
import { AskForm } from "./ask.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { StateIcon } from "./parts/icon.tsx";
import { Notice } from "./parts/notice.tsx";
import { withQuery } from "./parts/paging.tsx";
import { RunList } from "./parts/run-list.tsx";
import { kindWords } from "./words.ts";

export interface WorkflowPageProps extends PageProps {
  workflow: { id: string; title: string; about: string; steps: readonly { title: string; kind: StepKind }[] };
  form: Form;
  values?: Values;
  error?: { message: string; field?: string | null; runId?: string };
  recent: readonly RunSummary[];
  now: number;
}

const kindIcons = { do: "do", wait: "waiting", ask: "asking" } as const satisfies Record<StepKind, string>;

/** What a workflow will do, step by step, and the form that starts it. */
export const WorkflowPage = ({
  user,
  version,
  workflow,
  form,
  values,
  error,
  recent,
  now,
}: WorkflowPageProps) => (
  <Frame title={workflow.title} user={user} version={version} active="home" now={now}>
    <p class="crumbs">
      <a href={urls.home()}>Home</a> / Start
    </p>
    <h1>{workflow.title}</h1>
    <p class="lead">{workflow.about}</p>
    <div class="two-columns">
      <section aria-labelledby="start-title">
        <h2 id="start-title">Start a run</h2>
        {error?.runId !== undefined && (
          <Notice tone="attention" title="A run is already under way for this" id="held-by">
            <p>
              <a href={urls.run(error.runId)}>Go to that run</a>
            </p>
          </Notice>
        )}
        <div class="panel">
          <AskForm form={form} action={urls.startRun(workflow.id)} id="start" error={error} values={values} />
        </div>
      </section>
      <section aria-labelledby="plan-title">
        <h2 id="plan-title">What will happen</h2>
        <ol class="plan">
          {workflow.steps.map((step) => (
            <li class={step.kind === "ask" ? "tone-attention" : "tone-waiting"}>
              <span class="plan-icon" data-kind={step.kind}>
                <StateIcon state={kindIcons[step.kind]} />
              </span>
              <span>
                <strong>{step.title}</strong> <small>{kindWords[step.kind]}</small>
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
    {recent.length > 0 && (
      <section aria-labelledby="recent-title">
        <h2 id="recent-title">Recent runs of this workflow</h2>
        <RunList rows={recent} now={now} id="recent" />
        <p class="more">
          <a href={withQuery(urls.runs(), { workflowId: workflow.id })}>All its runs</a>
        </p>
      </section>
    )}
  </Frame>
);
