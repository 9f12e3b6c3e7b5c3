import type { Claim } from "#engine/claim.ts";
import type { LogIntake } from "./log-intake.ts";

/** Open lines are shown anew at most this often. */
const showEveryMs = 100;
/** When nothing was written over for so long, what stands above the last line is taken to be ended. */
const settledAfterMs = 2_000;
/** Of many open lines the last are shown, and of a long one its end: it is where something happens. */
const mostLines = 20;
const longest = 500;

/** Shows those who watch what a step's program may still write over. `settled`: lines that were held may be recorded now. */
export const createShowing = (
  { parts, at }: Pick<Claim, "parts" | "at">,
  stepId: string,
  intake: Pick<LogIntake, "open" | "settle">,
  settled: () => void,
) => {
  const { clock, openLines, mask } = parts;
  let cancelShow: (() => void) | null = null;
  let cancelSettle: (() => void) | null = null;
  let closed = false;

  const show = () => {
    cancelShow?.();
    cancelShow = null;
    const { run } = at();
    const lines = closed ? [] : intake.open().slice(-mostLines);
    openLines.set(
      run.id,
      stepId,
      lines.map(({ level, text }) => ({ level, text: lineEnd(mask.unended(run, text)) })),
    );
  };
  const settle = () => {
    cancelSettle = null;
    if (closed || intake.open().length <= 1) return;
    intake.settle();
    settled();
  };
  return {
    show,
    /** Something was said. */
    soon: () => {
      cancelShow ??= clock.after(showEveryMs, show);
      cancelSettle?.();
      cancelSettle = clock.after(settledAfterMs, settle);
    },
    close: () => {
      closed = true;
      cancelSettle?.();
      show();
    },
  };
};

/** Of a line that has not ended, what is shown. */
export const lineEnd = (text: string): string =>
  text.length <= longest ? text : `… ${text.slice(-longest)}`;
