import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "#views/clock-words.js";
import { RunBadge } from "#views/parts/badge.tsx";
import { Ago } from "#views/parts/clock.tsx";

/** Runs of the same workflow that are over, newest first: how each ended and how long it took. Nothing of that changes any more. */
export const EarlierRuns = ({
  runs,
  workflowId,
  now,
}: {
  runs: readonly RunSummary[];
  workflowId: string;
  now: number;
}) =>
  runs.length === 0 ? null : (
    <details class="panel" id="earlier-runs" open>
      <summary>Earlier runs of this workflow</summary>
      <ul class="earlier-runs" hx-ignore>
        {runs.map((run) => (
          <li>
            <RunBadge run={run} />
            <a href={routes.run.href({ id: run.id })}>
              <span class="run-number">#{run.number}</span> {run.subject}
            </a>
            <small>
              {run.startedAt !== null && run.endedAt !== null && (
                <span class="number">took {durationText(run.endedAt - run.startedAt)}, </span>
              )}
              <Ago at={run.endedAt ?? run.changedAt} now={now} />
            </small>
          </li>
        ))}
      </ul>
      <p class="panel-foot">
        <a href={routes.runs.href({ workflowId })}>All its runs</a> ·{" "}
        <a href={routes.durations.href({ id: workflowId })}>How long they take</a>
      </p>
    </details>
  );
