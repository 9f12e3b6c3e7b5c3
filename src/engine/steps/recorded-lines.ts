import type { NewLogLine } from "#core/event.ts";
import { isLong, shortened } from "#core/long-line.ts";
import type { Run } from "#core/run.ts";
import type { EngineParts } from "#engine/parts.ts";
import type { TakenLine } from "./log-intake.ts";

const elsewhere = "; the log that is downloaded has them";
const lost = ", and they could not be kept";

/** So many characters of long lines are kept whole of one attempt. */
const mostKept = 256 * 1024 * 1024;

/**
 * Lines as they are recorded. A long one is shortened and kept whole beside the database, both without the run's secrets: a cut may go
 * through the middle of one, which nobody would know again.
 */
export const createLineRecorder = (
  { mask, longLines, log: serverLog }: Pick<EngineParts, "mask" | "longLines" | "log">,
  { stepId, attempt }: Pick<NewLogLine, "stepId" | "attempt">,
) => {
  let kept = 0;
  const keep = async (run: Run, text: string): Promise<string | null> => {
    kept += text.length;
    if (kept > mostKept || longLines === undefined) return null;
    try {
      return await longLines.keep(run.id, text);
    } catch (error) {
      serverLog.warn({ err: error, runId: run.id }, "a long line of a log could not be kept whole");
      return null;
    }
  };
  return async (run: Run, taken: readonly TakenLine[]): Promise<NewLogLine[]> => {
    const lines: NewLogLine[] = [];
    for (const { level, text } of taken) {
      const line = { stepId, attempt, level };
      if (!isLong(text)) {
        lines.push({ ...line, text });
        continue;
      }
      const masked = mask(run, { logs: [{ ...line, text }] }).logs?.[0]?.text ?? "";
      const whole = await keep(run, masked);
      lines.push({
        ...line,
        text: shortened(masked, whole === null ? lost : elsewhere),
        ...(whole === null ? {} : { whole }),
      });
    }
    return lines;
  };
};
