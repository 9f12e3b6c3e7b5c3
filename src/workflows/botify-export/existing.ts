import type { Export, ExportRegistry } from "#core/exports.ts";
import type { Option } from "#core/form.ts";
import { isDriven, type RunState } from "#core/states.ts";

/** Whether an export's own run goes on with it, or has asked a person what is to become of its file. */
export const goesOn = ({ status }: Export, owner: RunState | null): boolean =>
  owner !== null && (isDriven(owner) || (status === "doubted" && owner === "asking"));

/** An export of the same query that can be had without a new order, and how that is offered. */
export interface Existing {
  row: Export;
  option: Pick<Option, "label" | "marks">;
  /** It may well come to nothing again, so nobody is led to it. */
  rejected: boolean;
}

/**
 * What there is of a query already. Null where nothing was ordered, or where nobody knows of a job: then the next run orders it, looking
 * first whether an order got through. `runId` asks: what it ordered itself before it went back is not under way.
 */
export const existingOf = async (
  exports: ExportRegistry,
  row: Export | null,
  runId: string,
): Promise<Existing | null> => {
  if (row === null) return null;
  const marks = ["no credits"];
  const is = (label: string, rejected = false): Existing => ({ row, option: { label, marks }, rejected });
  if (row.status === "ready")
    return is(`Use the file that is here: ${row.fileName} (${(row.rows ?? 0).toLocaleString("en")} rows)`);
  const { state } = await exports.owner(row.id);
  if (row.ownerRunId !== runId && goesOn(row, state))
    return is(
      row.status === "doubted"
        ? "Join another run, which asks whether its file is kept"
        : `Join the export that is under way (${row.status})`,
    );
  if (row.jobId === null) return null;
  const why = row.error === null ? "" : ` Before, it was rejected: ${row.error}`;
  return is(
    `Fetch the file of job ${row.jobId}, whose run did not come to its end.${why}`,
    row.error !== null,
  );
};
