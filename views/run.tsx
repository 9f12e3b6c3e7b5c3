import type { StepOpenLines } from "#core/event.ts";
import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import type { Share } from "#core/shares.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { BellPart } from "./run/bell.tsx";
import { EarlierRuns } from "./run/earlier-runs.tsx";
import { Freshness } from "./run/head.tsx";
import { HistoryPart, LogPart } from "./run/log.tsx";
import { type RunView, runParts, stepParts } from "./run/parts.tsx";
import { isUnderWay, runTitle } from "./run/said.ts";
import { SinceLooked, type SinceLookedProps } from "./run/since-looked.tsx";
import { StepList } from "./run/swaps.tsx";
import { SharePart } from "./shares.tsx";
import { runWord } from "./words.ts";

export interface RunPageProps extends PageProps, RunView {
  now: number;
  /** What programs show and may still write over. */
  open?: readonly StepOpenLines[];
  /** Other runs of its workflow that are over. */
  earlier?: readonly RunSummary[];
  /** The links by which others look at it; null: whoever looks may make none. */
  shares?: readonly Share[] | null;
  /** What became of its time since whoever looks last did. */
  looked?: SinceLookedProps;
  /** Whether whoever looks wants to be told of it; undefined: they cannot be told. */
  bell?: boolean | null;
  /** What a page that shows this has seen, for its next poll. */
  seen: string;
}

/** The page of a run. What changes on it comes afterwards in parts. */
export const RunPage = ({
  user,
  version,
  seen,
  open = [],
  earlier = [],
  shares = null,
  looked,
  bell,
  ...view
}: RunPageProps) => {
  const { picture, now, handOver } = view;
  const exportId = picture.export?.status === "ready" && handOver ? picture.export.id : undefined;
  const parts = runParts(view);
  return (
    <Frame
      title={runTitle(picture)}
      user={user}
      version={version}
      active="runs"
      tone={runWord(picture).tone}
      now={now}
      live
      refreshSeconds={isUnderWay(picture) && picture.state !== "asking" ? 5 : undefined}
      handOver={
        exportId !== undefined && picture.state === "completed"
          ? routes.handOver.href({ id: exportId }, { run: picture.id })
          : undefined
      }
    >
      <div class="run">
        <header class="run-head">{parts["run-name"]}</header>
        {parts["run-bar"]}
        <div class="run-figures">
          {parts["run-figures"]}
          <Freshness picture={picture} now={now} seen={seen} />
        </div>
        {looked !== undefined && <SinceLooked {...looked} />}
        {parts["run-said"]}
        {parts["run-controls"]}
        {parts["run-cards"]}
        <details class="panel" id="timeline-part">
          <summary>Timeline</summary>
          {parts["run-timeline"]}
        </details>
        <div class="run-columns">
          <section class="panel steps-part" aria-labelledby="steps">
            <h2 id="steps" class="panel-title">
              Steps
            </h2>
            <StepList>{stepParts(view).map((step) => step.view)}</StepList>
          </section>
          <div class="run-side">
            <LogPart picture={picture} count={parts["log-count"]} open={open} />
            <HistoryPart picture={picture} count={parts["history-count"]} />
            {bell !== undefined && <BellPart runId={picture.id} rings={bell} />}
            {shares !== null && <SharePart shares={shares} runId={picture.id} now={now} />}
            <EarlierRuns runs={earlier} workflowId={picture.workflowId} now={now} />
          </div>
        </div>
      </div>
    </Frame>
  );
};
