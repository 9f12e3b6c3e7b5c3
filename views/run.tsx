import type { Form } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import type { FormError } from "./form/form-error.ts";
import { shortText } from "./format.ts";
import { Frame, type PageProps, windowTitle } from "./frame.tsx";
import { keptOnErrors, polls } from "./parts/htmx.ts";
import { CancelCard } from "./run/cancel-card.tsx";
import { Controls } from "./run/controls.tsx";
import { ErrorCard } from "./run/error-card.tsx";
import { RunHead } from "./run/head.tsx";
import { HistoryPart, LogPart } from "./run/log.tsx";
import { OutcomeCard } from "./run/outcome-card.tsx";
import { RecoveryCard } from "./run/recovery-card.tsx";
import { announcement } from "./run/said.ts";
import { SignsCard } from "./run/signs-card.tsx";
import { StepList } from "./run/step-list.tsx";
import { runWords } from "./words.ts";

export interface RunLiveProps {
  picture: RunPicture;
  now: number;
  /** This browser session was not yet handed the export's file. */
  handOver: boolean;
  /** The ask step's form redrawn with what was typed so far. */
  draft?: Form;
  /** Why the answer could not be used. */
  error?: FormError;
}

export const RunPage = ({ user, version, ...live }: PageProps & RunLiveProps) => {
  const { picture, now, handOver } = live;
  const exportId = picture.export?.status === "ready" && handOver ? picture.export.id : undefined;
  return (
    <Frame
      title={runTitle(picture)}
      user={user}
      version={version}
      active="runs"
      now={now}
      refreshSeconds={isUnderWay(picture) && picture.state !== "asking" ? 5 : undefined}
      handOver={
        exportId !== undefined && picture.state === "completed"
          ? routes.handOver.href({ id: exportId })
          : undefined
      }
    >
      <RunLive {...live} />
    </Frame>
  );
};

/**
 * Everything of a run that changes. It fetches itself anew while somebody or something may still change it by itself; the server
 * answers 204 as long as the version in the address is the newest.
 */
export const RunLive = ({ picture, now, handOver, draft, error }: RunLiveProps) => (
  <div
    id="run-live"
    class="run"
    data-state={picture.state}
    data-version={picture.version}
    data-title={windowTitle(runTitle(picture))}
    data-fresh={progress(picture)}
    {...keptOnErrors}
    {...(isUnderWay(picture) ? polls(progress(picture)) : {})}
  >
    <RunHead picture={picture} now={now} />
    <p class="visually-hidden" role="status" id="run-said">
      {announcement(picture)}
    </p>
    <Controls picture={picture} />
    <CancelCard picture={picture} now={now} />
    <ErrorCard picture={picture} />
    <SignsCard picture={picture} now={now} />
    <OutcomeCard picture={picture} handOver={handOver} />
    <RecoveryCard picture={picture} />
    <div class="run-columns">
      <StepList picture={picture} now={now} draft={draft} error={error} />
      <div class="run-side">
        <LogPart picture={picture} />
        <HistoryPart picture={picture} />
      </div>
    </div>
  </div>
);

const progress = ({ id, version, freshUntil }: RunPicture): string =>
  routes.progress.href({ id }, { v: version, until: freshUntil });

const isUnderWay = (picture: RunPicture): boolean => !isOver(picture.state) && picture.finalizedAt === null;

const runTitle = (picture: RunPicture): string => {
  const name = shortText(picture.title, 60);
  return isOver(picture.state) || picture.state === "asking" || picture.state === "paused"
    ? `${runWords[picture.state].word} · ${name}`
    : `${picture.percent} % · ${name}`;
};
