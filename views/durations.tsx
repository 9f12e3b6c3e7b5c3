import type { Durations } from "#core/durations.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "./clock-words.js";
import { AccuracyTable } from "./durations/accuracy-table.tsx";
import { Chart } from "./durations/chart.tsx";
import { StepTable } from "./durations/step-table.tsx";
import { intervalText } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { DateTime } from "./parts/clock.tsx";

/** How long the runs of a workflow took, and how good the estimates were. */
export const DurationsPage = ({
  user,
  version,
  durations,
  now,
}: PageProps & { durations: Durations; now: number }) => (
  <Frame
    title={`Durations · ${durations.title}`}
    user={user}
    version={version}
    active="home"
    explains="timeLeft"
    now={now}
  >
    <p class="crumbs">
      <a href={routes.home.href()}>Home</a> /{" "}
      <a href={routes.workflow.href({ id: durations.workflowId })}>{durations.title}</a>
    </p>
    <h1>How long it takes</h1>
    <p class="lead">
      Active time only: what waited for a person, a pause or its turn is not in it. Completed runs count, the
      newest {plural(durations.runs.length, "run")} here.
    </p>
    {durations.runs.length === 0 ? (
      <p class="empty-line">
        No run of this workflow has completed yet, so there is nothing to estimate from.
      </p>
    ) : (
      <>
        <section aria-labelledby="runs-title">
          <h2 id="runs-title">Past runs</h2>
          <Chart runs={durations.runs} />
          <RunTable runs={durations.runs} />
        </section>
        <section aria-labelledby="accuracy-title">
          <h2 id="accuracy-title">How good the estimates were</h2>
          <AccuracyTable accuracy={durations.accuracy} />
        </section>
        <section aria-labelledby="steps-title">
          <h2 id="steps-title">Steps</h2>
          <StepTable steps={durations.steps} />
        </section>
      </>
    )}
  </Frame>
);

const RunTable = ({ runs }: Pick<Durations, "runs">) => (
  <details class="folded" id="runs-table">
    <summary>The same as a table</summary>
    <section class="scroll-box" tabindex={0} aria-label="Past runs as a table">
      <table class="durations">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Ended</th>
            <th scope="col">Took</th>
            <th scope="col">Told at its start</th>
          </tr>
        </thead>
        <tbody hx-ignore>
          {runs.map((run) => (
            <tr>
              <td>
                <a href={routes.run.href({ id: run.runId })}>{run.subject}</a>
              </td>
              <td>
                <DateTime at={run.endedAt} />
              </td>
              <td>{durationText(run.activeMs)}</td>
              <td>{run.told === null ? "nothing" : intervalText(run.told.p10Ms, run.told.p90Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </details>
);
