import type { Outcome } from "#core/run.ts";

interface Results {
  check: { exportId: string; rows: number; fileName: string; expectedRows: number | null };
  doubt: { keptAnyway: boolean };
}

/** What the run hands over: the file, and in what it is not what was ordered. */
export const outcome = (_input: unknown, { check, doubt }: Results): Outcome => ({
  sentence: `${check.rows.toLocaleString("en")} rows are saved as ${check.fileName}${doubt.keptAnyway ? ", though they are not what was counted or ordered" : ""}.`,
  exportId: check.exportId,
});
