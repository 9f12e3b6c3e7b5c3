import type { LogLevel } from "#core/event.ts";
import { createScreen, type Screen } from "#core/screen.ts";

/** More lines than this do not wait to be recorded: of what comes faster, the beginning and the end are kept. */
const mostWaiting = 20_000;
const keptOfBeginning = 10_000;
const leftOutAtOnce = 2_000;

export interface TakenLine {
  level: LogLevel;
  text: string;
}

/** What a step says, line by line: where a program writes over its own line, the line as it was in the end. */
export interface LogIntake {
  /** Text as a terminal would get it, followed by the end of its line; one that ends with a carriage return is still to be written over. */
  log(text: string, level: LogLevel): void;
  /** Hands out, once, at most `most` lines that nothing is known to write over any more. */
  take(most: number): TakenLine[];
  /** Whether `take` would hand out more. */
  hasMore(): boolean;
  /** The newest state of what may still be written over. */
  open(): TakenLine[];
  /** Nothing goes back to earlier lines any more. */
  settle(): void;
  /** Ends all lines. */
  end(): void;
}

export const createLogIntake = (): LogIntake => {
  const screens = new Map<LogLevel, Screen>();
  let waiting: TakenLine[] = [];
  let leftOut: { line: TakenLine; count: number } | null = null;
  let speaking: LogLevel | null = null;
  let unread = 0;

  const gather = (level: LogLevel) => {
    for (const text of screens.get(level)?.take() ?? []) waiting.push({ level, text });
    unread = 0;
    while (waiting.length > mostWaiting) leaveOut();
  };
  const leaveOut = () => {
    let at = leftOut === null ? -1 : waiting.indexOf(leftOut.line);
    if (leftOut === null || at === -1) {
      at = keptOfBeginning;
      leftOut = { line: { level: "warn", text: "" }, count: 0 };
      waiting.splice(at, 0, leftOut.line);
    }
    leftOut.count += waiting.splice(at + 1, leftOutAtOnce).length;
    leftOut.line.text = `[${leftOut.count.toLocaleString("en-US")} lines came faster than they can be kept and are left out here]`;
  };

  return {
    log: (text, level) => {
      // So that lines of different levels stay in the order in which they came.
      if (speaking !== null && speaking !== level) gather(speaking);
      speaking = level;
      const screen = screens.get(level) ?? createScreen();
      screens.set(level, screen);
      screen.write(text.endsWith("\r") ? text : `${text}\n`);
      unread += 1;
      if (unread >= leftOutAtOnce) gather(level);
    },
    take: (most) => {
      for (const level of screens.keys()) gather(level);
      const given = waiting.slice(0, most);
      waiting = waiting.slice(most);
      return given;
    },
    hasMore: () => waiting.length > 0,
    open: () =>
      [...screens].flatMap(([level, screen]) => screen.open().map((text): TakenLine => ({ level, text }))),
    settle: () => {
      for (const screen of screens.values()) screen.settle();
    },
    end: () => {
      for (const screen of screens.values()) screen.end();
    },
  };
};
