import type { RunPicture, StepPicture } from "#core/picture.ts";
import { isDriven, isOver } from "#core/states.ts";
import { FactsView } from "./form/shown.tsx";
import { Frame } from "./frame.tsx";
import { RunBadge } from "./parts/badge.tsx";
import { DateTime } from "./parts/clock.tsx";
import { keptOnErrors, polls } from "./parts/htmx.ts";
import { StateIcon } from "./parts/icon.tsx";
import { Notice } from "./parts/notice.tsx";
import { ProgressBar } from "./parts/progress-bar.tsx";
import { SafeLink } from "./parts/safe-link.tsx";
import { RunFigures } from "./run/head.tsx";
import { runTitle } from "./run/said.ts";
import { StepProgress } from "./run/step-progress.tsx";
import { Substeps } from "./run/substeps.tsx";
import { runWord, shownState, stepWord } from "./words.ts";

export interface SharedProps {
  /** As `sharedRun` gives it. */
  picture: RunPicture;
  /** What was typed to start it, by the names of fields. */
  input: readonly { label: string; value: string }[];
  /** Where the page asks for what is new. */
  live: string;
  /** Where its file is; null: there is none, or it is not shared. */
  file: string | null;
  expiresAt: number;
  now: number | null;
}

/** A run for whoever has its link: nothing of it can be pressed, and nothing leads into Milepost. */
export const SharedPage = (props: SharedProps & { version: string; now: number }) => (
  <Frame
    title={runTitle(props.picture)}
    user={null}
    version={props.version}
    active={null}
    tone={runWord(props.picture).tone}
    now={props.now}
    live
    {...(isOver(props.picture.state) ? {} : { refreshSeconds: 10 })}
  >
    <SharedRun {...props} />
  </Frame>
);

/** The link was taken back, or is over: nothing of the run stays where it led to. */
const goneWithLink = { "hx-status:404": "swap:outerHTML" } as const;

/** All that changes on that page: it fetches itself anew while the run is not over. */
export const SharedRun = ({ picture, input, live, file, expiresAt, now }: SharedProps) => (
  <div
    class="run"
    id="shared"
    {...keptOnErrors}
    {...goneWithLink}
    {...(isOver(picture.state) ? {} : polls(live))}
  >
    <header class="run-head">
      <div class="run-name">
        <h1>{picture.title}</h1>
        <span class="run-number">#{picture.number}</span>
      </div>
      <p class="run-subject">{picture.subject}</p>
    </header>
    <p class="run-percent">
      <RunBadge run={picture} id="run-state" />
      {picture.percentKnown && !isOver(picture.state) && (
        <span class="run-percent-number">{picture.percent} %</span>
      )}
    </p>
    <ProgressBar
      percent={picture.percentKnown ? picture.percent : null}
      still={picture.state === "paused" || picture.state === "asking"}
      label="How far the run is"
      tone={runWord(picture).tone}
      later={[]}
    />
    <div class="run-figures">
      <RunFigures picture={picture} now={now} />
    </div>
    <End picture={picture} file={file} />
    <section class="panel steps-part" aria-labelledby="steps">
      <h2 id="steps" class="panel-title">
        Steps
      </h2>
      <ol class="steps">
        {picture.steps.map((step) => (
          <SharedStep step={step} still={!isDriven(picture.state)} />
        ))}
      </ol>
    </section>
    {input.length > 0 && (
      <details class="panel" id="shared-input">
        <summary>Input</summary>
        <FactsView facts={input} />
      </details>
    )}
    <details class="panel" id="shared-log">
      <summary>Log</summary>
      <ol class="log">
        {picture.log.map(({ n, text }) => (
          <li id={`log-${n}`}>
            <span dir="auto">{text}</span>
          </li>
        ))}
      </ol>
    </details>
    <p>
      <small>
        This page was shared by a link that holds until <DateTime at={expiresAt} />.
      </small>
    </p>
  </div>
);

const End = ({ picture: { outcome, error }, file }: Pick<SharedProps, "picture" | "file">) => (
  <>
    {error !== null && (
      <Notice tone="bad" title="It failed" id="error-card">
        <p>{error.message}</p>
      </Notice>
    )}
    {outcome !== null && (
      <Notice tone="good" title={outcome.sentence} id="outcome-card">
        {(outcome.facts ?? []).length > 0 && <FactsView facts={outcome.facts ?? []} />}
        {(file !== null || (outcome.links ?? []).length > 0) && (
          <p class="links">
            {(outcome.links ?? []).map((link) => (
              <SafeLink {...link} />
            ))}
            {file !== null && (
              <a class="button button-primary" href={file} download>
                Download the file
              </a>
            )}
          </p>
        )}
      </Notice>
    )}
  </>
);

const SharedStep = ({ step, still }: { step: StepPicture; still: boolean }) => (
  <li class={`step tone-${stepWord(step).tone}`} id={`step-${step.id}`} data-state={shownState(step)}>
    <StateIcon state={shownState(step)} />
    <div class="step-body">
      <h3 class="step-title">
        <span class="step-number">{step.number}.</span> {step.title}
        <span class="visually-hidden">: {stepWord(step).word}</span>
      </h3>
      <div class="step-foot">
        {step.detail !== null && <p class="step-detail">{step.detail}</p>}
        {step.state === "asking" && <p class="step-waits">Waiting for somebody’s answer.</p>}
        <StepProgress step={step} still={still} later={[]} />
      </div>
      <Substeps substeps={step.substeps} />
    </div>
  </li>
);
