import { waitsFor } from "#core/answerers.ts";
import type { Form } from "#core/form.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isDriven } from "#core/states.ts";
import { AskForm } from "#views/ask.tsx";
import { durationText } from "#views/clock-words.js";
import type { FormError } from "#views/form/form-error.ts";
import { intervalText } from "#views/format.ts";
import { Ago, DateTime, Since } from "#views/parts/clock.tsx";
import { StateIcon } from "#views/parts/icon.tsx";
import { kindWords, shownState, stepWord } from "#views/words.ts";
import { Items } from "./items.tsx";
import { AgainButton, StepControls } from "./step-controls.tsx";
import { StepProgress, Waits } from "./step-progress.tsx";
import { Substeps } from "./substeps.tsx";

interface StepItemProps {
  picture: RunPicture;
  step: StepPicture;
  /** The one that a person would look at. */
  active: boolean;
  now: number | null;
  draft: Form | undefined;
  error: FormError | undefined;
}

/** The id of the element that is this step. */
export const stepPartId = (stepId: string): string => `step-${stepId}`;

export const StepItem = ({ picture, step, active, now, draft, error }: StepItemProps) => (
  <li
    class={`step tone-${stepWord(step).tone}`}
    id={stepPartId(step.id)}
    data-key={stepPartId(step.id)}
    data-state={shownState(step)}
    data-kind={step.kind}
    data-active={active || undefined}
    aria-current={active ? "step" : undefined}
  >
    <StateIcon
      state={picture.state === "paused" && active && step.state !== "completed" ? "paused" : shownState(step)}
    />
    <div class="step-body">
      <div class="step-line">
        <h3 class="step-title" hx-ignore>
          <span class="step-number">{step.number}.</span> {step.title}
          <span class="visually-hidden">: {stepWord(step).word}</span>
        </h3>
        <div class="step-time">
          {step.attempt > 1 && <span class="mark tone-quiet">attempt {step.attempt}</span>}
          <StepTime step={step} still={!isDriven(picture.state)} now={now} />
          <AgainButton picture={picture} step={step} />
        </div>
      </div>
      <div class="step-foot">
        {step.detail !== null && (
          <p class="step-detail" hx-ignore>
            {step.detail}
          </p>
        )}
        {step.state === "pending" && <Expected step={step} />}
        <StepProgress step={step} still={!isDriven(picture.state)} later={picture.later} />
        <StepControls picture={picture} step={step} />
        <CameOut step={step} />
      </div>
      {step.items === null && <Waits step={step} still={!isDriven(picture.state)} now={now} />}
      <Substeps substeps={step.substeps} />
      {step.items !== null && <Items picture={picture} step={step} items={step.items} />}
      {step.error !== null && picture.error?.stepId !== step.id && step.waiting?.for !== "retry" && (
        <p class={shownState(step) === "cancelled" ? "step-detail" : "step-error"} hx-ignore>
          {step.error.message}
        </p>
      )}
      {step.state === "asking" && <Question picture={picture} step={step} draft={draft} error={error} />}
    </div>
  </li>
);

/** Who will do it, and how long that usually takes. */
const Expected = ({ step: { kind, timeLeft } }: { step: StepPicture }) => (
  <p class="step-detail">
    {[
      kind === "do" ? null : kindWords[kind],
      timeLeft === null ? null : `usually ${intervalText(timeLeft.p10Ms, timeLeft.p90Ms)}`,
    ]
      .filter((one) => one !== null)
      .join(" · ")}
  </p>
);

const CameOut = ({ step }: { step: StepPicture }) =>
  step.cameOut === null ? null : (
    <details class="came-out" id={`${stepPartId(step.id)}-out`}>
      <summary>
        Result<span class="visually-hidden"> of {step.title}</span>
      </summary>
      <pre tabindex={0} hx-ignore>
        {step.cameOut}
      </pre>
    </details>
  );

interface StepTimeProps {
  step: StepPicture;
  /** The run is paused or over: no clock of it runs. */
  still: boolean;
  now: number | null;
}

/** How long a step took or takes; the pauses between its tries are told beside, not within. */
const StepTime = (props: StepTimeProps) => (
  <>
    <OwnTime {...props} />
    {props.step.backoffMs > 0 && <small>waited {durationText(props.step.backoffMs)} between tries</small>}
  </>
);

const OwnTime = ({ step, still, now }: StepTimeProps) => {
  if (step.state === "pending") return null;
  if (step.state === "asking" && step.startedAt !== null)
    return (
      <span>
        asked <Ago at={step.askedAt ?? step.startedAt} now={now} />
      </span>
    );
  if (step.state === "waiting" && still)
    return step.kind === "wait" ? (
      <span>waited {durationText(step.activeMs)} until the pause</span>
    ) : (
      <span>worked {durationText(step.activeMs)}</span>
    );
  if (step.state === "waiting" && step.startedAt !== null)
    return (
      <span>
        waiting for <Since at={step.startedAt} now={now} />
      </span>
    );
  if (step.state === "running" && step.startedAt !== null) return <Since at={step.startedAt} now={now} />;
  if (step.kind === "ask" || step.activeMs === 0) return null;
  return (
    <span>
      {step.backoffMs > 0 && "worked "}
      {durationText(step.activeMs)}
    </span>
  );
};

/** The id holds run, step and attempt: a poll leaves the form of the same question alone, another question is another form. */
const Question = ({ picture, step, draft, error }: Omit<StepItemProps, "active" | "now">) => {
  const form = draft ?? step.form;
  const held = picture.state === "paused";
  const waits = step.form === null ? null : waitsFor(step.form);
  if (picture.unfit !== null)
    return <p class="step-waits">This run cannot go on, so nobody is asked for an answer.</p>;
  if (form === null) return <p class="step-waits">The question is being prepared.</p>;
  return (
    <>
      {held && (
        <p class="step-waits">The run is paused. What is filled in here stays; resume the run to answer.</p>
      )}
      {waits !== null && (
        <p class="step-waits" hx-ignore>
          {waits}
        </p>
      )}
      {!step.mayAnswer && <p class="step-waits">It is not for you to answer.</p>}
      {step.waiting?.for === "answer" && (
        <p class="step-waits">
          Answer by <DateTime at={step.waiting.nextAt} />. {step.waiting.word}
        </p>
      )}
      {/* Around the form, which polls do not touch: it is the draft of whoever fills it in. */}
      <fieldset class="draft" disabled={held || !step.mayAnswer} id={`${stepPartId(step.id)}-draft`}>
        <AskForm
          form={form}
          action={routes.step.answer.href({ id: picture.id, step: step.id })}
          id={`ask-${picture.id}-${step.id}-${step.attempt}`}
          error={error}
          live
        />
      </fieldset>
    </>
  );
};
