import type { OpenLine, StepOpenLines } from "#core/event.ts";

/** The open lines of steps that are at work in this process, for those who watch. */
export interface OpenLines {
  of(runId: string): readonly StepOpenLines[];
  set(runId: string, stepId: string, lines: readonly OpenLine[]): void;
  /** The function returned ends it. */
  listen(hear: (runId: string) => void): () => void;
}

export const createOpenLines = (): OpenLines => {
  const runs = new Map<string, Map<string, readonly OpenLine[]>>();
  const listeners = new Set<(runId: string) => void>();
  return {
    of: (runId) => [...(runs.get(runId) ?? [])].map(([stepId, lines]) => ({ stepId, lines })),
    set: (runId, stepId, lines) => {
      const steps = runs.get(runId) ?? new Map<string, readonly OpenLine[]>();
      if (lines.length === 0 && !steps.has(stepId)) return;
      if (lines.length === 0) steps.delete(stepId);
      else steps.set(stepId, lines);
      if (steps.size === 0) runs.delete(runId);
      else runs.set(runId, steps);
      for (const hear of listeners) hear(runId);
    },
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
};
