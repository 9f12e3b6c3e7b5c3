import type { Client } from "#cli/client.ts";
import type { Terminal } from "#cli/terminal.ts";
import { oneLine } from "#core/foreign.ts";
import type { RunState } from "#core/states.ts";
import { dateText } from "#views/format.ts";
import { runWord } from "#views/words.ts";

interface ListOptions {
  state?: RunState;
  workflow?: string;
  search?: string;
  most: number;
  json?: boolean;
}

/** The newest runs, one a line: what `milepost watch` takes first. */
export const list = async (
  client: Client,
  terminal: Terminal,
  { state, workflow, search, most, json = false }: ListOptions,
): Promise<number> => {
  const runs = await client.runs({ state, workflowId: workflow, search, limit: most });
  const filtered = [state, workflow, search].some((one) => one !== undefined);
  if (json) terminal.out(`${JSON.stringify(runs)}\n`);
  else if (runs.length === 0)
    terminal.err(filtered ? "There are no such runs.\n" : "There are no runs yet.\n");
  else
    inColumns(
      terminal,
      runs.map((run) => [
        `${run.workflowId}#${run.number}`,
        runWord(run).word,
        `${Math.floor(run.percent)} %`,
        dateText(run.createdAt),
        run.subject,
        run.error ?? run.now,
      ]),
    );
  return 0;
};

/** What can be started, by the name that `milepost start` takes. */
export const listWorkflows = async (
  client: Client,
  terminal: Terminal,
  { json = false }: { json?: boolean },
): Promise<number> => {
  const workflows = await client.workflows();
  if (json) terminal.out(`${JSON.stringify(workflows)}\n`);
  else
    inColumns(
      terminal,
      workflows.map(({ id, title, about }) => [id, title, about]),
    );
  return 0;
};

/** Cells below each other; at a terminal no line is wider than it. */
export const inColumns = (
  { out, isPerson, columns }: Terminal,
  rows: readonly (readonly string[])[],
): void => {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  for (const row of cells) {
    const line = row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ");
    out(`${isPerson ? line.slice(0, columns()) : line}\n`);
  }
};
