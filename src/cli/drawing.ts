import type { FeedEvent } from "#core/event.ts";
import { isOver } from "#core/states.ts";
import type { Client, RunJson } from "./client.ts";
import { doneLine, lineOf, nowLine } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

/** So often the line of what goes on is drawn anew, as pages are. */
const everyMs = 2_000;

/** A run as it is shown while it is watched. */
export interface Drawing {
  tell(event: FeedEvent): Promise<void>;
  /** Takes the line away that is redrawn. */
  clear(): void;
  close(): void;
}

/** For a person a line per step and one that is redrawn; otherwise a line per change, which no later one changes. */
export const createDrawing = (
  terminal: Terminal,
  client: Pick<Client, "run">,
  begun: RunJson,
  signal: AbortSignal,
): Drawing =>
  terminal.isPerson ? redrawn(terminal, client, begun, signal) : inLines(terminal, client, begun);

const inLines = (terminal: Terminal, client: Pick<Client, "run">, begun: RunJson): Drawing => {
  let run = begun;
  /** How many items of a step are over, by its id: looks that find no more are no change. */
  const over = new Map<string, number | null>();
  return {
    tell: async (event) => {
      const isKnown = event.stepId === undefined || run.steps.some(({ id }) => id === event.stepId);
      if (!isKnown) run = await client.run(run.id);
      const { stepId } = event;
      if (event.type === "step.progress" && stepId !== undefined) {
        if (over.get(stepId) === event.progress.done) return;
        over.set(stepId, event.progress.done);
      }
      const line = lineOf(event, run);
      if (line !== null) terminal.out(`${line}\n`);
    },
    clear: () => {},
    close: () => {},
  };
};

const redrawn = (
  terminal: Terminal,
  client: Pick<Client, "run">,
  begun: RunJson,
  signal: AbortSignal,
): Drawing => {
  let run = begun;
  let isDrawn = false;
  let isClosed = false;
  /** Steps that are told as over, by id, with the attempt: a step that is done again is told again. */
  const told = new Map<string, number>();
  const clear = () => {
    if (isDrawn) terminal.out("\r\u001b[2K");
    isDrawn = false;
  };
  const draw = () => {
    if (isClosed) return;
    clear();
    for (const step of run.steps) {
      const isDone = ["completed", "failed", "skipped", "undone"].includes(step.state);
      if (!isDone) told.delete(step.id);
      else if (told.get(step.id) !== step.attempt) {
        told.set(step.id, step.attempt);
        terminal.out(`${doneLine(step, run)}\n`);
      }
    }
    if (isOver(run.state)) return;
    terminal.out(nowLine(run).slice(0, terminal.columns() - 1));
    isDrawn = true;
  };
  let looking: Promise<void> | null = null;
  const look = (): Promise<void> => {
    looking ??= client
      .run(run.id)
      .then((now) => {
        run = now;
        draw();
      })
      // The stream of events tells when the server is away.
      .catch(() => {})
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  const timer = setInterval(look, everyMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  draw();
  return {
    tell: async ({ n, type }) => {
      const isMove = type === "step.state" || type === "run.state" || type === "step.failed";
      // What lies before the picture stands in it.
      if (isMove && n > run.lastEvent) await look();
    },
    clear,
    close: () => {
      clearInterval(timer);
      clear();
      isClosed = true;
    },
  };
};
