import type { Cause } from "#core/cause.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { versionOfCode } from "#core/saved-script.ts";
import { isOver } from "#core/states.ts";
import type { Broken } from "#core/time-left/broken.ts";
import { durationText } from "#views/clock-words.js";
import { intervalText } from "#views/format.ts";
import { Ago, DateTime, Since } from "#views/parts/clock.tsx";
import { keptOnErrors, polls } from "#views/parts/htmx.ts";
import { Later, type WordsAt } from "#views/parts/later.tsx";
import { causeWords } from "#views/trigger-words.ts";
import { runWord } from "#views/words.ts";
import { isUnderWay } from "./said.ts";

interface HeadProps {
  picture: RunPicture;
  now: number | null;
}

/** Which run this is, and what became of it. */
export const RunName = ({ picture }: Pick<HeadProps, "picture">) => (
  <div id="run-name">
    <p class="crumbs">
      <a href={routes.runs.href()}>Runs</a> /{" "}
      {picture.of === null ? (
        <a href={routes.workflow.href({ id: picture.workflowId })} hx-ignore>
          {picture.title}
        </a>
      ) : (
        <a href={routes.run.href({ id: picture.of.runId })} hx-ignore>
          {`${picture.of.title} #${picture.of.number}`}
        </a>
      )}
    </p>
    <div class="run-name">
      <h1 id="run-title" tabindex={-1} hx-ignore>
        {picture.title}
      </h1>
      <a
        class="run-number"
        href={routes.numberedRun.href({ id: picture.workflowId, number: String(picture.number) })}
        title="A short link to this run"
        hx-ignore
      >
        #{picture.number}
      </a>
      {picture.mode === "supervised" && <span class="mark tone-quiet">Asks before each step</span>}
      {picture.finalizedAt !== null && <span class="mark tone-quiet">Finalized, read-only</span>}
    </div>
    <p class="run-subject" hx-ignore>
      {picture.subject}
    </p>
  </div>
);

/** Why still so long, since when and by whom. */
export const RunFigures = ({ picture, now }: HeadProps) => {
  const because = picture.timeLeft?.because ?? null;
  return (
    <ul id="run-figures">
      {because !== null && because !== picture.told?.because && <li hx-ignore>{because}</li>}
      {picture.told !== null && (
        <li>
          <Ago at={picture.told.at} now={now} /> this was {durationText(picture.told.wholeMs)} in all, now{" "}
          <Later words={durationText(picture.told.nowMs)} later={laterWhole(picture)} />
          {picture.told.because !== null && <span hx-ignore>: {picture.told.because}</span>}
        </li>
      )}
      <Times picture={picture} now={now} />
      <li>
        by <span hx-ignore>{picture.createdBy}</span>
      </li>
      {picture.startedBy !== null && <StartedBy cause={picture.startedBy} />}
      <ScriptVersionOf code={picture.code} />
    </ul>
  );
};

const ScriptVersionOf = ({ code }: Pick<RunPicture, "code">) => {
  const version = versionOfCode(code);
  return version === null ? null : <li>version {version.n} of the script</li>;
};

const StartedBy = ({ cause }: { cause: Cause }) => (
  <li hx-ignore>
    started by <a href={routes.schedule.href({ id: cause.triggerId })}>{causeWords(cause)}</a>
    {cause.afterRunId !== null && (
      <>
        , after <a href={routes.run.href({ id: cause.afterRunId })}>this run</a>
      </>
    )}
  </li>
);

const brokenText = ({ p10Ms, p90Ms, tookMs }: Broken): string =>
  `${durationText(tookMs)} of work, ${tookMs > p90Ms ? "longer" : "shorter"} than was told at its start: ${intervalText(p10Ms, p90Ms)}`;

const laterWhole = ({ later }: RunPicture): WordsAt[] =>
  later.flatMap(({ at, toldNowMs }) => (toldNowMs === null ? [] : [[at, durationText(toldNowMs)] as const]));

const Times = ({ picture, now }: HeadProps) => {
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
        {picture.broken !== null && <li>{brokenText(picture.broken)}</li>}
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

/**
 * How fresh the page is. It is what polls: its address says what this page has seen, so each answer brings it anew, and it has no trigger
 * once nothing more comes by itself. While it asks, it does not ask again, so that nothing is added twice. static/live.js makes its words,
 * also while the server cannot be reached.
 */
export const Freshness = ({ picture, now, seen }: HeadProps & { seen: string }) => {
  const address = routes.progress.href(
    { id: picture.id },
    { v: picture.version, until: picture.freshUntil, unrecorded: picture.unrecorded?.since, seen },
  );
  return (
    <span
      class="freshness"
      id="freshness"
      data-state={picture.state}
      data-tone={runWord(picture).tone}
      data-version={picture.version}
      data-changed={picture.changedAt}
      data-whole={picture.wholeMs ?? undefined}
      data-live={!isOver(picture.state) || undefined}
      data-fresh={address}
      hx-sync="this:drop"
      {...keptOnErrors}
      {...(isUnderWay(picture) ? polls(address) : {})}
    >
      {now !== null && `last event ${durationText(now - picture.changedAt)} ago`}
    </span>
  );
};
