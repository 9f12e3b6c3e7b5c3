import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { sentenceOf } from "#core/sentences.ts";
import { clockText, plural } from "#views/format.ts";
import { LogFilterForm } from "./log-filter.tsx";
import { LogLines } from "./log-lines.tsx";

/** How many lines a picture holds at most. */
const shownLines = 200;

/** The newest lines of the log. static/live.js keeps it at its end unless somebody scrolled up. */
export const LogPart = ({ picture }: { picture: RunPicture }) => (
  <details class="panel" id="log-part" open>
    <summary>
      Log{" "}
      <small>
        {picture.log.length >= shownLines ? `newest ${shownLines} lines` : plural(picture.log.length, "line")}
      </small>
    </summary>
    {picture.log.length === 0 ? (
      <p class="empty-line">No step has written anything yet.</p>
    ) : (
      <>
        <LogFilterForm picture={picture} filter={{ search: "", step: "" }} formId="log-filter" />
        <ol class="log" id="log" tabindex={0} aria-label="Log" data-follow hx-ignore>
          <LogLines lines={picture.log} />
        </ol>
        <p class="panel-foot">
          <a href={routes.log.href({ id: picture.id })}>The whole log</a> ·{" "}
          <a href={routes.logText.href({ id: picture.id })} download>
            Download it
          </a>
          <button type="button" class="log-newest" data-log-newest hidden>
            Follow again
          </button>
        </p>
      </>
    )}
  </details>
);

/** What happened, as sentences, newest first. */
export const HistoryPart = ({ picture }: { picture: RunPicture }) => {
  const titleOf = (stepId: string) => picture.steps.find((step) => step.id === stepId)?.title ?? stepId;
  return (
    <details class="panel" id="history-part">
      <summary>
        History <small>{plural(picture.lastEvent, "event")}</small>
      </summary>
      <ol class="history" hx-ignore>
        {picture.history.toReversed().map((event) => (
          <li id={`event-${event.n}`}>
            <time datetime={new Date(event.at).toISOString()} data-clock={event.at}>
              {clockText(event.at)}
            </time>
            <span>{sentenceOf(event, titleOf)}</span>
          </li>
        ))}
      </ol>
      <p class="panel-foot">
        <a href={routes.history.href({ id: picture.id })}>The whole history</a>
      </p>
    </details>
  );
};
