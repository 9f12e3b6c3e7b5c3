import { setTimeout as rest } from "node:timers/promises";
import type { Client, RunJson } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import { oneLine } from "#core/foreign.ts";
import { isOver } from "#core/states.ts";
import { runWord } from "#views/words.ts";

/** Retries or cancels a run, and says what became of that; `code`: the version of its file that a retry goes on with. */
export const control = async (
  client: Client,
  terminal: Terminal,
  verb: "retry" | "cancel",
  name: string,
  { json = false, code }: { json?: boolean; code?: string | undefined },
): Promise<number> => {
  const { id } = await runNamed(client, name);
  const asked = await client.verb(id, verb, code);
  const after = verb === "cancel" ? await stopped(client, asked) : asked;
  terminal.out(
    json ? `${JSON.stringify(after)}\n` : `${oneLine(`${after.title} #${after.number}`)}: ${words(after)}\n`,
  );
  return 0;
};

const patienceMs = 60_000;
const restMs = 250;

/** The run once it has stopped, or as it is when that takes too long. */
const stopped = async (client: Client, asked: RunJson): Promise<RunJson> => {
  let run = asked;
  const until = performance.now() + patienceMs;
  while (run.wish === "cancel" && !isOver(run.state) && performance.now() < until) {
    await rest(restMs);
    run = await client.run(run.id);
  }
  return run;
};

/** "Cancelled", or that it is asked to stop and has not confirmed it. */
const words = (run: RunJson): string => {
  if (run.wish === "cancel") return `${runWord(run).word}, asked to stop`;
  return oneLine(
    [runWord(run).word, run.cancel?.unconfirmed ?? run.cancel?.note ?? ""]
      .filter((part) => part !== "")
      .join(" · "),
  );
};
