import type { Child } from "hono/jsx";
import type { FeedEvent, StepOpenLines } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { sentenceOf } from "#core/sentences.ts";
import { isOver } from "#core/states.ts";
import { clockText } from "#views/format.ts";
import { LogFilterForm } from "./log-filter.tsx";
import { LogGroups, OpenLines } from "./log-lines.tsx";
import { tellsPeople } from "./tells-people.ts";
import { trimmedSentence } from "./trimmed.ts";

/** How many lines and events a picture holds at most; static/live.js takes the oldest away when more have come. */
const shownLines = 200;
const shownEvents = 100;

interface ListProps {
  picture: RunPicture;
  /** How many there are: changes with each, while the list is only added to. */
  count: Child;
}

/**
 * The newest lines of the log. static/log.js keeps it at its end unless somebody scrolled up. While more may come it has all the room that it
 * will take, so that nothing beside it moves.
 */
export const LogPart = ({ picture, count, open }: ListProps & { open: readonly StepOpenLines[] }) => (
  <details class="panel" id="log-part" open>
    <summary>Log {count}</summary>
    <div class={isOver(picture.state) ? "log-room" : "log-room log-room-whole"}>
      <LogFilterForm picture={picture} filter={{ search: "", step: "", line: null }} formId="log-filter" />
      <section class="log" tabindex={0} aria-label="Log" data-follow hx-ignore>
        <ol id="log" data-most={shownLines} data-stream={routes.logLive.href({ id: picture.id })}>
          <LogGroups runId={picture.id} lines={picture.log} titleOf={titleIn(picture)} />
        </ol>
        <ol class="log-open" id="log-open" aria-label="What is being written now">
          <OpenLines steps={open} />
        </ol>
      </section>
      <NoLines picture={picture} />
      <p class="panel-foot">
        <a href={routes.log.href({ id: picture.id })}>The whole log</a> ·{" "}
        <a href={routes.logText.href({ id: picture.id })} download>
          Download it
        </a>{" "}
        · <a href={routes.reportPage.href({ id: picture.id })}>A report to hand on</a> · <Zone />
        <button type="button" class="log-newest" data-log-newest hidden>
          Follow again
        </button>
      </p>
    </div>
  </details>
);

const NoLines = ({ picture }: { picture: RunPicture }) => {
  const trimmed = trimmedSentence(picture);
  return trimmed === null ? (
    <p class="empty-line">
      {picture.steps.some(({ kind }) => kind === "each")
        ? "What is written for each one stands on its own page, and its newest lines with the step."
        : "No step has written anything."}
    </p>
  ) : (
    <p class="note" id="log-trimmed">
      {trimmed}
    </p>
  );
};

export const LogCount = ({ picture: { log } }: { picture: RunPicture }) => (
  <small id="log-count">
    {log.length >= shownLines ? `newest ${shownLines} lines` : plural(log.length, "line")}
  </small>
);

/** In which zone the times are that stand there; static/live.js tells the reader's own. */
export const Zone = () => <span data-zone>times in UTC</span>;

/** The title of a step by its id. */
export const titleIn =
  ({ steps }: Pick<RunPicture, "steps">) =>
  (stepId: string): string =>
    steps.find((step) => step.id === stepId)?.title ?? stepId;

/** What happened, as sentences, newest first. */
export const HistoryPart = ({ picture, count }: ListProps) => (
  <details class="panel" id="history-part">
    <summary>History {count}</summary>
    <section class="history" tabindex={0} aria-label="What happened">
      <ol id="history" data-most={shownEvents} hx-ignore>
        <HistoryEvents picture={picture} events={picture.history} />
      </ol>
    </section>
    <p class="panel-foot">
      <a href={routes.history.href({ id: picture.id })}>The whole history</a>
    </p>
  </details>
);

export const HistoryCount = ({ picture }: { picture: RunPicture }) => (
  <small id="history-count">{plural(picture.lastEvent, "event")}</small>
);

/** Events given oldest first, shown newest first. */
export const HistoryEvents = ({ picture, events }: { picture: RunPicture; events: readonly FeedEvent[] }) => {
  const titleOf = titleIn(picture);
  return (
    <>
      {events
        .filter(tellsPeople)
        .toReversed()
        .map((event) => (
          <li id={`event-${event.n}`}>
            <time datetime={new Date(event.at).toISOString()} data-clock={event.at}>
              {clockText(event.at)}
            </time>
            <span>{sentenceOf(event, titleOf)}</span>
          </li>
        ))}
    </>
  );
};
