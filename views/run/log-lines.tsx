import type { LogLevel, LogLine, StepOpenLines } from "#core/event.ts";
import { routes } from "#core/routes.ts";
import { clockText, dateText, dayText } from "#views/format.ts";
import { ansiSegments } from "./ansi.ts";

const levels = { info: null, warn: "warning", error: "error" } as const satisfies Record<
  LogLevel,
  string | null
>;

interface LinesProps {
  runId: string;
  lines: readonly LogLine[];
}

/** Lines of a log, with the colours that their program gave them. The time of each is the address of the line. */
export const LogLines = ({ runId, lines }: LinesProps) => (
  <>
    {lines.map((line) => (
      <li id={`log-${line.n}`} data-level={line.level} data-step={line.stepId}>
        <a href={`${routes.log.href({ id: runId })}?line=${line.n}#log-${line.n}`}>
          <time datetime={new Date(line.at).toISOString()} data-clock={line.at} title={dateText(line.at)}>
            {clockText(line.at)}
          </time>
        </a>
        <LineText line={line} />
      </li>
    ))}
  </>
);

const LineText = ({ line: { level, text } }: { line: Pick<LogLine, "level" | "text"> }) => (
  <span dir="auto">
    {levels[level] !== null && <span class="log-level">{levels[level]} </span>}
    {ansiSegments(text).map((part) =>
      part.classes === "" ? part.text : <span class={part.classes}>{part.text}</span>,
    )}
  </span>
);

/** The same in the order in which the steps spoke: what a step says at a stretch can be folded away. A new day is told where it begins. */
export const LogGroups = ({ runId, lines, titleOf }: LinesProps & { titleOf(stepId: string): string }) => (
  <>
    {stretches(lines).map((stretch) => {
      const [first] = stretch;
      const { stepId, at } = first;
      return (
        <li class="log-group" data-step={stepId} data-day={dayText(at)}>
          <details open>
            <summary>
              {titleOf(stepId)} <small data-day-of={at}>{dayText(at)}</small>
            </summary>
            <ol>
              <LogLines runId={runId} lines={stretch} />
            </ol>
          </details>
        </li>
      );
    })}
  </>
);

type Stretch = [LogLine, ...LogLine[]];

const stretches = (lines: readonly LogLine[]): readonly Stretch[] => {
  const all: Stretch[] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (last !== undefined && last[0].stepId === line.stepId && dayText(last[0].at) === dayText(line.at))
      last.push(line);
    else all.push([line]);
  }
  return all;
};

/** What programs show and may still write over. */
export const OpenLines = ({ steps }: { steps: readonly StepOpenLines[] }) => (
  <>
    {steps.flatMap(({ lines }) =>
      lines.map((line) => (
        <li data-level={line.level}>
          <LineText line={line} />
        </li>
      )),
    )}
  </>
);
