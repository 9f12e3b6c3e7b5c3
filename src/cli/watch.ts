import { AppError } from "#core/errors.ts";
import { isOver } from "#core/states.ts";
import type { Client, RunJson } from "./client.ts";
import { createDrawing } from "./drawing.ts";
import { codeOfRun, exitCodes } from "./exit-codes.ts";
import { endsRun, follow } from "./follow.ts";
import { endLines } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

export interface WatchOptions {
  /** Nobody will answer: end with `needsPerson` instead of waiting for somebody. */
  noPeople?: boolean | undefined;
  /** How long to watch; the run goes on afterwards. */
  limitMs?: number | undefined;
  /** Events and at last the run as JSON, one a line. */
  json?: boolean | undefined;
}

/** How long after the first Ctrl+C a second one counts as one more. */
const againMs = 2_000;

/** Shows a run until it is over, from its beginning. Gives what `milepost` ends with. */
export const watch = async (
  client: Client,
  terminal: Terminal,
  begun: RunJson,
  { noPeople = false, limitMs, json = false }: WatchOptions,
): Promise<number> => {
  const { id } = begun;
  const page = client.page(id);
  const stop = new AbortController();
  const end = (why: number) => stop.abort(why);
  const timer = limitMs === undefined ? undefined : setTimeout(() => end(exitCodes.limitOver), limitMs);
  const drawing = json ? null : createDrawing(terminal, client, begun, stop.signal);
  const giveUp = onInterrupt(terminal, client, id, drawing?.clear ?? (() => {}), end);
  try {
    const following = {
      after: 0,
      signal: stop.signal,
      lost: (error: AppError) => terminal.err(`${error.message} It is tried again.\n`),
      found: () => terminal.err("Milepost answers again.\n"),
    };
    let asking = false;
    let known = begun.lastEvent;
    let endsAt: number | null = null;
    for await (const event of follow(client, id, following)) {
      if (json) terminal.out(`${JSON.stringify(event)}\n`);
      else await drawing?.tell(event);
      if (event.type === "run.state") asking = event.to === "asking";
      // A question of long ago was answered since: what is asked now comes with the last event.
      if (noPeople && asking && event.n >= known) {
        const run = await client.run(id);
        if (run.state === "asking" && event.n >= run.lastEvent) return told(exitCodes.needsPerson, run);
        known = run.lastEvent;
      }
      if (!endsRun(event) && event.n !== endsAt) continue;
      const run = await client.run(id);
      if (!isOver(run.state)) continue;
      // It may have ended before, and been tried again since.
      if (event.n >= run.lastEvent) return told(codeOfRun(run.state), run);
      endsAt = run.lastEvent;
    }
    throw new AppError("internal", "The events of the run ended.");
  } catch (thrown) {
    if (!stop.signal.aborted || typeof stop.signal.reason !== "number") throw thrown;
    return left(stop.signal.reason);
  } finally {
    clearTimeout(timer);
    giveUp();
    drawing?.close();
  }

  function told(code: number, run: RunJson): number {
    drawing?.close();
    if (json) terminal.out(`${JSON.stringify(run)}\n`);
    else if (code === exitCodes.needsPerson)
      terminal.out(`It needs a person, and nobody is here: ${page.href}\n`);
    else for (const line of endLines(run, page)) terminal.out(`${line}\n`);
    return code;
  }

  function left(code: number): number {
    drawing?.close();
    const why = code === exitCodes.limitOver ? "The time to watch is over." : "";
    terminal.err(`${why} The run goes on: milepost watch ${id}, or ${page.href}\n`.trimStart());
    return code;
  }
};

/** The first Ctrl+C leaves the run alone; a second one soon after asks whether it shall be cancelled. */
const onInterrupt = (
  terminal: Terminal,
  client: Client,
  id: string,
  clear: () => void,
  end: (code: number) => void,
): (() => void) => {
  let leaving: NodeJS.Timeout | null = null;
  const off = terminal.onInterrupt(() => {
    if (!terminal.isPerson) return end(exitCodes.interrupted);
    clear();
    if (leaving === null) {
      terminal.err("\nThe run goes on without you. Press Ctrl+C again to cancel it.\n");
      leaving = setTimeout(() => end(exitCodes.interrupted), againMs);
      return;
    }
    clearTimeout(leaving);
    terminal
      .ask("Cancel the run? [y/N] ")
      .then(async (answer) => {
        if (!/^y/i.test(answer)) return end(exitCodes.interrupted);
        await client.verb(id, "cancel");
        leaving = null;
      })
      .catch((error: unknown) => {
        terminal.err(`${error instanceof AppError ? error.message : String(error)}\n`);
        end(exitCodes.interrupted);
      });
  });
  return () => {
    off();
    if (leaving !== null) clearTimeout(leaving);
  };
};
