import type { Addresses } from "./addresses.ts";
import type { Clock } from "./clock.ts";
import type { ImportRows } from "./csv-read.ts";
import type { AppData } from "./rows.ts";

/** Everything that the pages of an app are made of. */
export interface Site extends AppData {
  clock: Clock;
  importRows: ImportRows;
  /** Where people import rows into a table; null: only programs do. */
  importAt: ((table: string) => string) | null;
  to: Addresses;
  /** Otherwise whoever asks only looks: nothing that changes rows is shown or done. */
  mayChange: boolean;
  /** Of the style sheets and scripts. */
  version: string;
  /** Where whoever serves the app is at home. */
  back: { href: string; title: string } | null;
}
