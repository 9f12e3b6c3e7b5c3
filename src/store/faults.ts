import { exportStatuses } from "#core/exports.ts";
import { plural } from "#core/plural.ts";
import { runStates, stepStates } from "#core/states.ts";
import type { Plain, PlainRow } from "./plain.ts";

interface Rule {
  /** Gives a row for each fault; `example` is a run or a file. */
  sql: string;
  values?: readonly string[];
  says(count: number, example: string): string;
}

/** What a half restore, a hand in the database or two servers leave there, though each row can be read: a sentence each, with what to do. */
export const faultsAmongRows = async (plain: Plain): Promise<string[]> => {
  const faults: string[] = [];
  for (const { sql, values, says } of rules) {
    const [found] = await plain.rows(
      `SELECT count(*) AS n, min(example) AS example FROM (${sql}) AS found`,
      values,
    );
    const count = Number(found?.n);
    if (count > 0) faults.push(says(count, String(found?.example)));
  }
  return faults;
};

const over = "('completed', 'failed', 'cancelled', 'undone')";
const places = (values: readonly string[]): string => values.map(() => "?").join(", ");
const restore = "Restore the newest backup from before somebody else than Milepost wrote into the database.";

const rules: readonly Rule[] = [
  {
    sql: `SELECT id AS example FROM runs WHERE state NOT IN (${places(runStates)})`,
    values: runStates,
    says: (n, run) => `${plural(n, "run")} in a state that there is none of, such as ${run}. ${restore}`,
  },
  {
    sql: `SELECT run_id AS example FROM steps WHERE state NOT IN (${places(stepStates)})`,
    values: stepStates,
    says: (n, run) =>
      `${plural(n, "step")} in a state that there is none of, such as one of the run ${run}. ${restore}`,
  },
  {
    sql: `SELECT id AS example FROM runs WHERE NOT EXISTS (SELECT 1 FROM steps WHERE steps.run_id = runs.id)`,
    says: (n, run) => `${plural(n, "run")} without one step, such as ${run}. ${restore}`,
  },
  {
    sql: `SELECT run_id AS example FROM steps JOIN runs ON runs.id = run_id WHERE runs.state = 'completed' AND steps.state IN ('running', 'waiting', 'asking')`,
    says: (n, run) =>
      `${plural(n, "step")} under way in runs that are completed, such as ${run}. Look there whether the result is whole; “Run again” does it anew.`,
  },
  {
    sql: `SELECT run_id AS example FROM events JOIN runs ON runs.id = run_id WHERE n > last_event`,
    says: (n, run) =>
      `${plural(n, "event")} numbered beyond what their runs know of, such as in ${run}. ${restore}`,
  },
  {
    sql: `SELECT id AS example FROM runs WHERE lock_held IS NOT NULL AND state IN ${over}`,
    says: (n, run) =>
      `${plural(n, "run")} that ended and still keep others from working on the same thing, such as ${run}. Finalize that run, which lets go of it.`,
  },
  {
    sql: `SELECT title AS example FROM exports WHERE status NOT IN (${places(exportStatuses)})`,
    values: exportStatuses,
    says: (n, title) =>
      `${plural(n, "export")} in a state that there is none of, such as “${title}”. ${restore}`,
  },
  {
    sql: `SELECT owner_run_id AS example FROM exports WHERE status NOT IN ('ready', 'failed', 'deleted') AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = owner_run_id)`,
    says: (n, run) =>
      `${plural(n, "export")} being prepared by runs that are not there, such as ${run}. Start the export again.`,
  },
  {
    sql: `SELECT file_path AS example FROM exports WHERE status = 'ready' AND file_path IS NOT NULL AND deleted_at IS NULL GROUP BY file_path HAVING count(*) > 1`,
    says: (n, file) =>
      `${plural(n, "file")} that several exports call theirs, such as ${file}. To delete one of these would take the file from the others.`,
  },
];

/** Whether the numbers that lists show are those of the runs that are there. */
export const wrongCounts = async (plain: Plain): Promise<string[]> => {
  const told = await plain.rows("SELECT state, workflow_id, n FROM run_counts WHERE n <> 0");
  const there = await plain.rows(
    "SELECT state, workflow_id, count(*) AS n FROM runs GROUP BY state, workflow_id",
  );
  const keyed = (rows: readonly PlainRow[]) =>
    new Map(rows.map(({ state, workflow_id, n }) => [`${state} of ${workflow_id}`, Number(n)]));
  const [one, other] = [keyed(told), keyed(there)];
  const wrong = [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => one.get(key) !== other.get(key),
  );
  const [first = ""] = wrong;
  if (wrong.length === 0) return [];
  return [
    `Lists count ${one.get(first) ?? 0} runs ${first}, and ${other.get(first) ?? 0} are there. Stop the server and count anew: milepost compact.`,
  ];
};
