import type { Child } from "hono/jsx";
import type { Form } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { isGoAhead } from "#core/supervised.ts";
import type { FormError } from "#views/form/form-error.ts";
import { RunBar } from "./bar.tsx";
import { BehindCard } from "./behind-card.tsx";
import { CancelCard } from "./cancel-card.tsx";
import { Controls } from "./controls.tsx";
import { ErrorCard } from "./error-card.tsx";
import { RunFigures, RunName } from "./head.tsx";
import { HistoryCount, LogCount } from "./log.tsx";
import { OutcomeCard } from "./outcome-card.tsx";
import { RecoveryCard } from "./recovery-card.tsx";
import { activeStep, announcement } from "./said.ts";
import { SignsCard } from "./signs-card.tsx";
import { StepItem, stepPartId } from "./step-item.tsx";
import { Timeline } from "./timeline.tsx";
import { UnfitCard } from "./unfit-card.tsx";
import { UnrecordedCard } from "./unrecorded-card.tsx";

export interface RunView {
  picture: RunPicture;
  /** Null leaves the words that only time changes to the browser. */
  now: number | null;
  /** This browser session was not yet handed the export's file. */
  handOver: boolean;
  /** The ask step's form redrawn with what was typed so far. */
  draft?: Form;
  /** Why the answer could not be used. */
  error?: FormError;
}

/**
 * Everything of a run that changes, but for its steps and for what is only ever added to. Each part is one element with its key as id, so
 * that it can be sent and swapped alone; the page puts the same ones together.
 */
export const runParts = ({ picture, now, handOver }: RunView) =>
  ({
    "run-name": <RunName picture={picture} />,
    "run-bar": <RunBar picture={picture} />,
    "run-figures": <RunFigures picture={picture} now={now} />,
    "run-said": (
      <p class="visually-hidden" role="status" id="run-said">
        {announcement(picture)}
      </p>
    ),
    "run-controls": <Controls picture={picture} />,
    "run-cards": (
      <div id="run-cards">
        <UnrecordedCard picture={picture} />
        <UnfitCard picture={picture} />
        <BehindCard picture={picture} />
        <CancelCard picture={picture} now={now} />
        <ErrorCard picture={picture} />
        <SignsCard picture={picture} now={now} />
        <OutcomeCard picture={picture} handOver={handOver} />
        <RecoveryCard picture={picture} />
      </div>
    ),
    "run-timeline": <Timeline picture={picture} />,
    "log-count": <LogCount picture={picture} />,
    "history-count": <HistoryCount picture={picture} />,
  }) as const satisfies Record<string, Child>;

/** The steps to show, each a part of its own. */
export const stepParts = ({ picture, now, draft, error }: RunView): readonly StepPart[] => {
  const active = activeStep(picture)?.id;
  return picture.steps
    .filter((_, index) => !isAhead(picture, index))
    .map((step) => ({
      id: stepPartId(step.id),
      view: (
        <StepItem
          picture={picture}
          step={step}
          active={step.id === active}
          now={now}
          draft={draft}
          error={error}
        />
      ),
    }));
};

interface StepPart {
  id: string;
  view: Child;
}

/** Questions before later steps would only double the list. */
const isAhead = ({ mode, steps }: RunPicture, index: number): boolean =>
  steps[index]?.state === "pending" && isGoAhead(mode, steps, index);
