import { randomUUID } from "node:crypto";
import { askAndSend } from "#cli/ask.ts";
import type { Client } from "#cli/client.ts";
import type { Terminal } from "#cli/terminal.ts";
import { meant, readValues } from "#cli/values.ts";
import { type WatchOptions, watch } from "#cli/watch.ts";
import { oneLine } from "#core/foreign.ts";

interface StartOptions extends WatchOptions {
  wait?: boolean;
  supervised?: boolean;
  key?: string;
}

/** Starts a run, and watches it where that was asked for. */
export const start = async (
  client: Client,
  terminal: Terminal,
  workflowId: string,
  words: readonly string[],
  options: StartOptions,
): Promise<number> => {
  const typed = readValues(words);
  const { form } = await client.workflow(workflowId);
  const given = meant(typed, form);
  const mode = options.supervised === true ? "supervised" : "automatic";
  // A connection that breaks after the request was heard must not make two of it.
  const key = options.key ?? randomUUID();
  const run = await askAndSend(terminal, form, given, (values) =>
    client.start(workflowId, values, mode, key),
  );
  if (options.wait === true) {
    if (options.json !== true)
      terminal.err(`${oneLine(`${run.title} #${run.number}`)}: ${client.page(run.id).href}\n`);
    return watch(client, terminal, run, options);
  }
  terminal.out(options.json === true ? `${JSON.stringify(run)}\n` : `${run.id}\n`);
  if (options.json !== true) terminal.err(`Started: ${client.page(run.id).href}\n`);
  return 0;
};
