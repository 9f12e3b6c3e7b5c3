import type { RunPicture } from "#core/picture.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { staysOf } from "#core/step.ts";
import { isGoAhead } from "#core/supervised.ts";
import { progressText } from "#views/format.ts";
import { RunBadge } from "#views/parts/badge.tsx";
import { Later } from "#views/parts/later.tsx";
import { PostButton } from "#views/parts/post-button.tsx";
import { ProgressBar } from "#views/parts/progress-bar.tsx";
import { asksOthers, runWord } from "#views/words.ts";
import { activeStep, laterPercent, laterRest, restText } from "./said.ts";
import { stepPartId } from "./step-item.tsx";

/** What stays in sight wherever one reads: how it stands, how far it is, how long still, and the one thing to do now. */
export const RunBar = ({ picture }: { picture: RunPicture }) => (
  <div class="run-bar" id="run-bar">
    <p class="run-percent">
      <RunBadge run={picture} id="run-state" />
      {isMeasured(picture) && (
        <Later class="run-percent-number" words={`${picture.percent} %`} later={laterPercent(picture)} />
      )}
      <span class="run-where">{whereItStands(picture)}</span>
      {restText(picture) !== "" && (
        <span class="run-rest" hx-ignore>
          <Later words={restText(picture)} later={laterRest(picture)} />
        </span>
      )}
    </p>
    <div class="run-main">
      <MainAction picture={picture} />
    </div>
    <ProgressBar
      percent={picture.percentKnown ? picture.percent : null}
      label={label(picture)}
      still={picture.state === "paused" || picture.state === "asking"}
      tone={runWord(picture).tone}
      later={laterPercent(picture)}
    />
  </div>
);

/** Of what failed or was cancelled a percent says nothing that one would do something with. */
const isMeasured = ({ state, percentKnown }: RunPicture): boolean =>
  percentKnown && state !== "failed" && state !== "cancelled" && state !== "undone";

const label = ({ percent, percentKnown }: RunPicture): string =>
  percentKnown ? `${percent} % of the whole run` : "How far the whole run is, is not known";

const MainAction = ({ picture }: { picture: RunPicture }) => {
  const { id, may } = picture;
  switch (picture.state) {
    case "asking": {
      const step = activeStep(picture);
      if (step === null || picture.unfit !== null) return null;
      const isForOthers = asksOthers(picture);
      return (
        <a
          class={`button ${isForOthers ? "button-secondary" : "button-primary"} small`}
          href={`#${stepPartId(step.id)}`}
        >
          {isForOthers ? "See the question" : "Answer"}
        </a>
      );
    }
    case "paused":
      return may.resume ? (
        <PostButton
          action={routes.control.resume.href({ id })}
          label="Resume"
          id="resume"
          look="primary"
          live
        />
      ) : null;
    case "completed":
      return <Result picture={picture} />;
    case "failed":
      return (
        <a class="button button-primary small" href="#error-card">
          See why
        </a>
      );
    case "queued":
    case "running":
    case "waiting":
      return may.pause && picture.wish === null ? (
        <PostButton action={routes.control.pause.href({ id })} label="Pause" id="pause" live />
      ) : null;
    case "cancelled":
    case "undoing":
    case "undone":
      return null;
    default:
      return picture.state satisfies never;
  }
};

/** The file where there is one, else where the outcome is told. */
const Result = ({ picture: { export: row, outcome } }: { picture: RunPicture }) => {
  if (row?.status === "ready")
    return (
      <a
        class="button button-primary small"
        href={routes.exportFile.href({ id: row.id })}
        download={row.fileName ?? true}
      >
        Download
      </a>
    );
  return outcome === null ? null : (
    <a class="button button-secondary small" href="#outcome-card">
      See the result
    </a>
  );
};

const doneText = ({ mode, steps, total }: RunPicture): string => {
  const skipped = steps.filter(
    ({ state }, index) => state === "skipped" && !isGoAhead(mode, steps, index),
  ).length;
  if (skipped > 0) return `${plural(total - skipped, "step")} done, ${skipped} skipped`;
  return total === 1 ? "its only step is done" : `all ${total} steps done`;
};

const whereItStands = (picture: RunPicture): string => {
  const step = activeStep(picture);
  if (picture.undoneAt !== null)
    return staysOf(picture.steps) === null
      ? "what it made was removed"
      : "some of what it made is still there";
  if (picture.state === "completed") return doneText(picture);
  if (step === null) return `${plural(picture.total, "step")} to go`;
  const where = `Step ${step.number} of ${picture.total}: ${step.title}`;
  return picture.percentKnown || step.progress === null ? where : `${where}, ${progressText(step.progress)}`;
};
