import type { Schema } from "./schema.ts";

/** A run and its steps, as rows. */
export interface RunRows {
  row: Schema["runs"]["$inferSelect"];
  steps: readonly Schema["steps"]["$inferSelect"][];
}

/** Runs as they were last committed, so that whoever changes one again need not read it. */
export interface HeldRuns {
  of(runId: string): RunRows | null;
  /** What was committed. Only runs that are in hand, or will be soon, are worth the room. */
  keep(committed: RunRows): void;
  forget(runId: string): void;
  clear(): void;
}

/** Beyond this many, the one that was kept first goes. */
const most = 500;

/** It may be behind the store, never ahead: a write names the version and epoch that it rests on, so what is behind is read again. */
export const createHeldRuns = (): HeldRuns => {
  const held = new Map<string, RunRows>();
  return {
    of: (runId) => held.get(runId) ?? null,
    keep: (committed) => {
      const { id, version } = committed.row;
      if ((held.get(id)?.row.version ?? 0) > version) return;
      held.delete(id);
      held.set(id, committed);
      if (held.size > most) for (const oldest of held.keys()) return void held.delete(oldest);
    },
    forget: (runId) => void held.delete(runId),
    clear: () => held.clear(),
  };
};
