import { isDeepStrictEqual } from "node:util";
import type { OpenLine, StepOpenLines } from "#core/event.ts";
import type { Step } from "#core/step.ts";
import type { EngineDeps } from "./deps.ts";
import { createReaders } from "./readers.ts";

/** The open lines of steps that are at work in this process, or wait for what writes elsewhere, for those who watch. */
export interface OpenLines {
  of(runId: string): readonly StepOpenLines[];
  /** Until `signal` fires somebody reads along what a run writes: whoever waits for a program looks for it more often. */
  readAlong(runId: string, signal: AbortSignal): void;
  /** Whether anybody does, in this process or in another one that works on the same runs. */
  isRead(runId: string): boolean;
  set(runId: string, stepId: string, lines: readonly OpenLine[]): void;
  /** The function returned ends it. */
  listen(hear: (runId: string) => void): () => void;
}

/** What programs elsewhere have begun to write is told by the feed, with each look. */
export const createOpenLines = ({
  feed,
  clock,
  others,
}: Pick<EngineDeps, "feed" | "clock" | "others">): OpenLines => {
  const readers = createReaders(clock, others);
  const runs = new Map<string, Map<string, readonly OpenLine[]>>();
  const listeners = new Set<(runId: string) => void>();
  const set: OpenLines["set"] = (runId, stepId, lines) => {
    const before = runs.get(runId)?.get(stepId);
    if (lines.length === 0 ? before === undefined : isDeepStrictEqual(lines, before)) return;
    const steps = runs.get(runId) ?? new Map<string, readonly OpenLine[]>();
    if (lines.length === 0) steps.delete(stepId);
    else steps.set(stepId, lines);
    if (steps.size === 0) runs.delete(runId);
    else runs.set(runId, steps);
    for (const hear of listeners) hear(runId);
  };
  feed.listen(({ run, steps }) => {
    for (const step of steps) if (step.state !== "running") set(run.id, step.id, awaited(step));
  });
  return {
    of: (runId) => [...(runs.get(runId) ?? [])].map(([stepId, lines]) => ({ stepId, lines })),
    readAlong: readers.add,
    isRead: readers.has,
    set,
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
};

const awaited = ({ state, waiting }: Step): readonly OpenLine[] =>
  state === "waiting" && waiting?.unended !== undefined && waiting.paused === undefined
    ? [{ level: "info", text: waiting.unended }]
    : [];
