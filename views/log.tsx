import type { LogLine } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { countText, plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { RunBadge } from "./parts/badge.tsx";
import { titleIn, Zone } from "./run/log.tsx";
import { type LogFilter, LogFilterForm } from "./run/log-filter.tsx";
import { LogGroups } from "./run/log-lines.tsx";
import { trimmedSentence } from "./run/trimmed.ts";

export interface LogPageProps extends PageProps {
  picture: RunPicture;
  filter: LogFilter;
  /** The newest lines that were found, in order. */
  lines: readonly LogLine[];
  /** How many were found in all; null when the lines around one were asked for. */
  found: number | null;
  now: number;
}

/** The whole log of a run, searched. */
export const LogPage = ({ user, version, picture, filter, lines, found, now }: LogPageProps) => {
  const trimmed = trimmedSentence(picture);
  const [first, last] = [lines[0], lines.at(-1)];
  return (
    <Frame title={`Log · ${picture.title}`} user={user} version={version} active="runs" now={now}>
      <p class="crumbs">
        <a href={routes.runs.href()}>Runs</a> /{" "}
        <a href={routes.run.href({ id: picture.id })}>{picture.title}</a>
      </p>
      <div class="run-name">
        <h1>Log</h1>
        <RunBadge run={picture} />
      </div>
      <p class="run-subject" hx-ignore>
        {picture.title} · {picture.subject}
      </p>
      <LogFilterForm picture={picture} filter={filter} formId="log-page-filter" />
      <p role="status">
        {found === null ? aroundText(lines) : found === 0 ? "No line was found." : plural(found, "line")}
        {found !== null && found > lines.length && `, the newest ${lines.length} shown`}
        {" · "}
        <a href={routes.logText.href({ id: picture.id })} download>
          Download the whole log
        </a>
        {" · "}
        <Zone />
      </p>
      {trimmed !== null && (
        <p class="note" id="log-trimmed">
          {trimmed}
        </p>
      )}
      {lines.length > 0 && (
        <section class="log whole" tabindex={0} aria-label="Log" data-follow={filter.line === null} hx-ignore>
          <ol id="log">
            <LogGroups runId={picture.id} lines={lines} titleOf={titleIn(picture)} />
          </ol>
        </section>
      )}
      {first !== undefined && filter.search === "" && filter.step === "" && (
        <nav class="paging" aria-label="Parts of the log">
          {first.n > 1 && (
            <a href={`${routes.log.href({ id: picture.id })}?line=${Math.max(1, first.n - 800)}`}>
              ← Earlier lines
            </a>
          )}
          {found === null && last !== undefined && (
            <a href={`${routes.log.href({ id: picture.id })}?line=${last.n}`}>Later lines →</a>
          )}
          {found === null && <a href={routes.log.href({ id: picture.id })}>Newest lines</a>}
        </nav>
      )}
    </Frame>
  );
};

const aroundText = (lines: readonly LogLine[]): string => {
  const [first, last] = [lines[0], lines.at(-1)];
  return first === undefined || last === undefined
    ? "There is no such line."
    : `Lines ${countText(first.n)} to ${countText(last.n)}`;
};
