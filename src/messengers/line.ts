import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { Heard, Mouth, Said } from "./hearing.ts";
import type { Hears } from "./hears.ts";

/** What a line to a messenger works with. */
export interface LineDeps {
  connectionId: string;
  absolute(path: string): string;
  clock: Clock;
  log: Log;
  /** Ends it. */
  signal: AbortSignal;
  hear(heard: Heard, mouth: Mouth): Promise<void>;
  tell(hears: Hears): void;
}

/** A bot or an app that is listened to. */
export interface Line {
  begin(): void;
  /** Resolves when nothing is heard any more. */
  readonly ended: Promise<void>;
  /** Shows an answer in place of an earlier one; false: there is nothing to change any more. */
  show(chat: string, remote: string, line: Said): Promise<boolean>;
  /** Where somebody writes to it with a code; null: they have to find it themselves. */
  invite(code: string): string | null;
}
