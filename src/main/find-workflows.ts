import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Log } from "#core/log.ts";
import type { RefusedWorkflow } from "#core/refused-workflow.ts";
import type { Workflow } from "#core/workflow.ts";
import { isWorkflow } from "#core/workflow-shape.ts";
import type { Host } from "#workflows/host.ts";

export interface FoundWorkflows {
  /** In the order in which they are offered: by id, but for one that says after which other it comes. */
  workflows: Workflow[];
  refused: RefusedWorkflow[];
}

interface FindOptions {
  /** Each folder in it is a workflow, whose file `workflow.ts` exports `(host) => workflow(…)` as its default; null in its place: not on this host. */
  folder: string;
  host: Host;
  log: Log;
  /** Loads the file of one of them. Default: from the folder. */
  load?: (name: string) => Promise<unknown>;
  /** A module that takes longer waits for something that a definition must not wait for. Default: a minute. */
  loadWithinMs?: number;
}

interface Found {
  name: string;
  workflow: Workflow;
  offeredAfter: string | undefined;
}

/** Finds the workflows in a folder. One that cannot be used is refused with a sentence, and the others go on. */
export const findWorkflows = async (options: FindOptions): Promise<FoundWorkflows> => {
  const { folder, host, log, loadWithinMs = 60_000 } = options;
  const { load = (name) => import(pathToFileURL(join(folder, name, "workflow.ts")).href) } = options;
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: Found[] = [];
  const refused: RefusedWorkflow[] = [];
  for (const name of names.toSorted()) {
    try {
      const loaded = definedBy(await inTime(load(name), loadWithinMs), host);
      if (loaded === null) continue;
      const one = { name, ...loaded };
      const same = found.find(({ workflow }) => workflow.id === one.workflow.id);
      if (same !== undefined) throw new Error(`“${same.name}” has the id “${one.workflow.id}” already.`);
      found.push(one);
    } catch (error) {
      log.warn({ err: error, workflow: name }, "a workflow could not be used and is not offered");
      refused.push({ name, sentence: sentenceOf(error) });
    }
  }
  return { workflows: inOrder(found), refused };
};

const moduleShape = z.object({
  default: z.custom<(host: Host) => unknown>((value) => typeof value === "function", {
    error: "workflow.ts must export (host) => workflow(…) as its default.",
  }),
  offeredAfter: z.string("offeredAfter must be the id of a workflow.").optional(),
});

const workflowShape = z.custom<Workflow>(isWorkflow, {
  error: "What (host) => … gives is no workflow: begin it with workflow(…) and end it with hands(…).",
});

const definedBy = (module: unknown, host: Host): Omit<Found, "name"> | null => {
  const { default: define, offeredAfter } = moduleShape.parse(module);
  const defined = define(host);
  return defined === null ? null : { workflow: workflowShape.parse(defined), offeredAfter };
};

const inTime = async (loading: Promise<unknown>, limitMs: number): Promise<unknown> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const sentence = `workflow.ts did not finish loading within ${limitMs / 1000} s.`;
  const timer = setTimeout(() => reject(new Error(sentence)), limitMs);
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
};

const sentenceOf = (error: unknown): string => {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join(" ");
  return error instanceof Error ? error.message : String(error);
};

const inOrder = (found: readonly Found[]): Workflow[] => {
  const ids = new Set(found.map(({ workflow }) => workflow.id));
  const isFree = ({ offeredAfter }: Found) => offeredAfter === undefined || !ids.has(offeredAfter);
  const byId = found.toSorted((one, other) => (one.workflow.id < other.workflow.id ? -1 : 1));
  const withThoseAfter = (one: Found): Found[] => [
    one,
    ...byId.filter(({ offeredAfter }) => offeredAfter === one.workflow.id).flatMap(withThoseAfter),
  ];
  const offered = byId.filter(isFree).flatMap(withThoseAfter);
  // Those that name each other in a circle come last, so that none is lost.
  return [...new Set([...offered, ...byId])].map(({ workflow }) => workflow);
};
