import type { Client } from "#cli/client.ts";
import { codeOfRun } from "#cli/exit-codes.ts";
import { endsRun, follow } from "#cli/follow.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import type { LogLine } from "#core/event.ts";
import { oneLine } from "#core/foreign.ts";
import { isOver } from "#core/states.ts";
import { clockText } from "#views/format.ts";

const page = 5_000;

/** Prints a run's log from its beginning, each line once; with `follow` until the run is over, and ends as it does. */
export const log = async (
  client: Client,
  terminal: Terminal,
  name: string,
  options: { follow?: boolean; json?: boolean },
): Promise<number> => {
  const run = await runNamed(client, name);
  let last = 0;
  const print = (lines: readonly LogLine[]) => {
    for (const line of lines) {
      if (line.n <= last) continue;
      last = line.n;
      terminal.out(
        options.json === true ? `${JSON.stringify(line)}\n` : `${clockText(line.at)} ${oneLine(line.text)}\n`,
      );
    }
  };
  const catchUp = async () => {
    for (;;) {
      const lines = await client.logs(run.id, last, page);
      print(lines);
      if (lines.length < page) return;
    }
  };
  await catchUp();
  if (options.follow !== true) return 0;
  const stop = new AbortController();
  const lost = () => terminal.err("Milepost does not answer; it is tried again.\n");
  const following = { after: run.lastEvent, signal: stop.signal, lost, found: () => {} };
  if (!isOver(run.state))
    for await (const event of follow(client, run.id, following)) {
      if (event.type === "log") await catchUp();
      if (endsRun(event)) break;
    }
  await catchUp();
  return codeOfRun((await client.run(run.id)).state);
};
