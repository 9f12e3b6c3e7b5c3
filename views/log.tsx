import type { LogLine } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { plural } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { RunBadge } from "./parts/badge.tsx";
import { type LogFilter, LogFilterForm } from "./run/log-filter.tsx";
import { LogLines } from "./run/log-lines.tsx";

export interface LogPageProps extends PageProps {
  picture: RunPicture;
  filter: LogFilter;
  /** The newest lines that were found, in order. */
  lines: readonly LogLine[];
  /** How many were found in all. */
  found: number;
  now: number;
}

/** The whole log of a run, searched. */
export const LogPage = ({ user, version, picture, filter, lines, found, now }: LogPageProps) => (
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
      {found === 0 ? "No line was found." : plural(found, "line")}
      {found > lines.length && `, the newest ${lines.length} shown`}
      {" · "}
      <a href={routes.logText.href({ id: picture.id })} download>
        Download the whole log
      </a>
    </p>
    {lines.length > 0 && (
      <ol class="log whole" id="log" tabindex={0} aria-label="Log" data-follow hx-ignore>
        <LogLines lines={lines} />
      </ol>
    )}
  </Frame>
);
