import type { Outcome } from "#core/run.ts";

/** What the run hands over: the file, and how it was found. */
export const outcome = (
  _input: unknown,
  results: { check: { exportId: string; rows: number; fileName: string } },
): Outcome => ({
  sentence: `${results.check.rows.toLocaleString("en")} rows are saved as ${results.check.fileName}.`,
  exportId: results.check.exportId,
});
