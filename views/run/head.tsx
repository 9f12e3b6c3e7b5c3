import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import { durationText } from "#views/format.ts";
import { RunBadge } from "#views/parts/badge.tsx";
import { Ago, DateTime, Since } from "#views/parts/clock.tsx";
import { ProgressBar } from "#views/parts/progress-bar.tsx";
import { runWords } from "#views/words.ts";
import { activeStep, restText } from "./said.ts";

/** Which run this is, how far, since when, for how long still, and how fresh all this is. */
export const RunHead = ({ picture, now }: { picture: RunPicture; now: number }) => (
  <header class="run-head">
    <p class="crumbs">
      <a href={routes.runs.href()}>Runs</a> /{" "}
      <a href={routes.workflow.href({ id: picture.workflowId })}>{picture.workflowId}</a>
    </p>
    <div class="run-name">
      <h1 id="run-title" tabindex={-1} hx-ignore>
        {picture.title}
      </h1>
      <RunBadge state={picture.state} id="run-state" />
      {picture.mode === "supervised" && <span class="mark tone-quiet">Asks before each step</span>}
      {picture.finalizedAt !== null && <span class="mark tone-quiet">Finalized, read-only</span>}
    </div>
    <p class="run-subject" hx-ignore>
      {picture.subject}
    </p>
    <div class="run-progress">
      <p class="run-percent">
        <span class="run-percent-number">{picture.percent} %</span>
        <span>{whereItStands(picture)}</span>
      </p>
      <ProgressBar
        percent={picture.percent}
        label={`${picture.percent} % of the whole run`}
        tone={runWords[picture.state].tone}
      />
      <ul class="run-figures">
        {restText(picture) !== "" && <li class="run-rest">{restText(picture)}</li>}
        {picture.timeLeft !== null && picture.timeLeft.because !== null && (
          <li hx-ignore>{picture.timeLeft.because}</li>
        )}
        <Times picture={picture} now={now} />
        <li>
          by <span hx-ignore>{picture.createdBy}</span>
        </li>
        <li>
          <Freshness picture={picture} now={now} />
        </li>
      </ul>
    </div>
  </header>
);

const whereItStands = (picture: RunPicture): string => {
  const step = activeStep(picture);
  if (picture.state === "completed") return `all ${picture.total} steps done`;
  if (step === null) return `${picture.total} steps to go`;
  return `Step ${step.number} of ${picture.total}: ${step.title}`;
};

const Times = ({ picture, now }: { picture: RunPicture; now: number }) => {
  if (picture.startedAt === null)
    return (
      <li>
        asked for <Ago at={picture.createdAt} now={now} />
      </li>
    );
  if (picture.endedAt !== null)
    return (
      <>
        <li>
          ended <DateTime at={picture.endedAt} />
        </li>
        <li>took {durationText(picture.endedAt - picture.startedAt)}</li>
      </>
    );
  return (
    <>
      <li>
        started <Ago at={picture.startedAt} now={now} />
      </li>
      <li>
        <Since at={picture.startedAt} now={now} /> elapsed
      </li>
    </>
  );
};

/** static/live.js turns this into "live · last event 0.8 s ago", and says so when the server cannot be reached. */
const Freshness = ({ picture, now }: { picture: RunPicture; now: number }) => (
  <span
    class="freshness"
    id="freshness"
    data-changed={picture.changedAt}
    data-live={!isOver(picture.state) || undefined}
  >
    last event {durationText(now - picture.changedAt)} ago
  </span>
);
