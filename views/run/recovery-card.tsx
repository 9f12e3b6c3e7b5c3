import type { RunPicture } from "#core/picture.ts";
import type { Recovery } from "#core/run.ts";
import { isOver, isStepDone } from "#core/states.ts";
import { durationText } from "#views/clock-words.js";
import { DateTime } from "#views/parts/clock.tsx";
import { Notice } from "#views/parts/notice.tsx";

const outcomes = {
  resumed: "nothing was cut off, it went on",
  again: "the step that was cut off is done again",
  found: "the step that was cut off had already taken effect",
  asking: "you decide how it goes on",
} as const satisfies Record<Recovery["outcome"], string>;

/** After a restart: what was interrupted, what was checked, what is done again and why that is safe. Folded once it no longer matters. */
export const RecoveryCard = ({ picture }: { picture: RunPicture }) => {
  const { recovery } = picture;
  if (recovery === null) return null;
  const title = `The server was restarted: ${outcomes[recovery.outcome]}`;
  const step = picture.steps.find((one) => one.id === recovery.stepId);
  const facts = (
    <Facts recovery={recovery} step={step === undefined ? null : `${step.number}. ${step.title}`} />
  );
  const past = isOver(picture.state) || step === undefined || isStepDone(step.state);
  return past ? (
    <details class="folded" id="recovery-card">
      <summary>{title}</summary>
      {facts}
    </details>
  ) : (
    <Notice tone={recovery.outcome === "asking" ? "attention" : "waiting"} title={title} id="recovery-card">
      {facts}
    </Notice>
  );
};

const Facts = ({ recovery, step }: { recovery: Recovery; step: string | null }) => (
  <dl class="facts" hx-ignore>
    <div>
      <dt>Last sign of life</dt>
      <dd>
        <DateTime at={recovery.lastSignAt} />
      </dd>
    </div>
    <div>
      <dt>Taken up again</dt>
      <dd>
        <DateTime at={recovery.at} />, {durationText(recovery.at - recovery.lastSignAt)} later
      </dd>
    </div>
    <div>
      <dt>{recovery.outcome === "resumed" ? "Where it was" : "Interrupted"}</dt>
      <dd>{step ?? "no step was under way"}</dd>
    </div>
    {recovery.checked !== null && (
      <div class="wide">
        <dt>Checked</dt>
        <dd>{recovery.checked}</dd>
      </div>
    )}
    <div class="wide">
      <dt>{recovery.outcome === "asking" ? "Why you are asked" : "Why that is safe"}</dt>
      <dd>{recovery.because}</dd>
    </div>
  </dl>
);
