import type { LogLevel, LogLine } from "#core/event.ts";
import { clockText } from "#views/format.ts";
import { ansiSegments } from "./ansi.ts";

const levels = { info: null, warn: "warning", error: "error" } as const satisfies Record<
  LogLevel,
  string | null
>;

/** Lines of a log, with the colours that their program gave them. */
export const LogLines = ({ lines }: { lines: readonly LogLine[] }) => (
  <>
    {lines.map((line) => (
      <li id={`log-${line.n}`} data-level={line.level} data-step={line.stepId}>
        <time datetime={new Date(line.at).toISOString()} data-clock={line.at}>
          {clockText(line.at)}
        </time>
        <span>
          {levels[line.level] !== null && <span class="log-level">{levels[line.level]} </span>}
          {ansiSegments(line.text).map(({ text, classes }) =>
            classes === "" ? text : <span class={classes}>{text}</span>,
          )}
        </span>
      </li>
    ))}
  </>
);
