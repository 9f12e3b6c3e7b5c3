import type { Client, RunJson } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import { AppError } from "#core/errors.ts";
import { oneLine } from "#core/foreign.ts";
import { failedItems, itemsIn } from "#core/item.ts";
import type { ItemsSeen } from "#core/items-seen.ts";
import { runWord } from "#views/words.ts";
import { control } from "./control.ts";

interface RetryOptions {
  newFile?: boolean;
  failed?: boolean;
  workflow?: string;
  json?: boolean;
}

/** As many as a list has. */
const most = 200;

/** Tries one run again, or all that failed. Throws AppError("bad-input") where it is not clear which. */
export const retry = async (
  client: Client,
  terminal: Terminal,
  name: string | undefined,
  { newFile = false, failed = false, workflow, json = false }: RetryOptions,
): Promise<number> => {
  if ((name === undefined && !failed) || (workflow !== undefined && (!failed || name !== undefined)))
    throw new AppError(
      "bad-input",
      "Name one run, with --failed for only those of its items that failed; or say --failed for all runs that failed, with --workflow for only those of one.",
    );
  if (name !== undefined) {
    const run = await runNamed(client, name);
    const step = failed ? run.steps.find(({ items }) => items !== null && failedOf(items) > 0) : undefined;
    if (step !== undefined && !newFile) {
      const after = await client.retryItems(run.id, step.id);
      terminal.out(json ? `${JSON.stringify(after)}\n` : `${wordsOf(after, step.items)}\n`);
      return 0;
    }
    const code = newFile ? newerOf(await runNamed(client, name)) : undefined;
    return control(client, terminal, "retry", name, { json, code });
  }
  let refused = 0;
  for (const { id, workflowId, number } of await client.runs({
    state: "failed",
    workflowId: workflow,
    limit: most,
  }))
    try {
      const code = newFile ? newerOf(await client.run(id)) : undefined;
      await control(client, terminal, "retry", id, { json, code });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused++;
      terminal.err(`${workflowId}#${number}: ${oneLine(error.message)}\n`);
    }
  return refused === 0 ? 0 : 1;
};

const failedOf = ({ counts }: ItemsSeen): number => itemsIn(counts, ...failedItems);

const wordsOf = (run: RunJson, items: ItemsSeen | null): string => {
  const count = items === null ? 0 : failedOf(items);
  return oneLine(`${run.title} #${run.number}: ${runWord(run).word}, ${count} of its items once more`);
};

const newerOf = ({ newerCode }: RunJson): string => {
  if (newerCode === null)
    throw new AppError("conflict", "Its workflow's file is as it was when the run began, or it is not over.");
  if (newerCode.unfit !== null) throw new AppError("conflict", newerCode.unfit);
  return newerCode.code;
};
