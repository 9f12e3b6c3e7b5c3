import type { Client, RunJson } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import { oneLine } from "#core/foreign.ts";
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
  const after = await client.verb(id, verb, code);
  terminal.out(
    json ? `${JSON.stringify(after)}\n` : `${oneLine(`${after.title} #${after.number}`)}: ${words(after)}\n`,
  );
  return 0;
};

/** "Cancelled", or that it is asked to stop and has not confirmed it. */
const words = (run: RunJson): string => {
  if (run.wish === "cancel") return `${runWord(run).word}, asked to stop`;
  return oneLine(
    [runWord(run).word, run.cancel?.unconfirmed ?? ""].filter((part) => part !== "").join(" · "),
  );
};
