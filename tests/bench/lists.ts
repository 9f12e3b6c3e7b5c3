import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunFilter, Store } from "#core/store.ts";
import { openDatabase } from "#store/sqlite/driver.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { storeOn } from "#store/sqlite/open.ts";
import { fillRuns } from "../store/fill.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const few = 1_000;
const times = 20;

const lists: Record<string, RunFilter> = {
  "The newest runs": { limit: 50 },
  "The newest runs that completed": { limit: 50, states: ["completed"] },
  "Runs that need somebody, and those that failed": { limit: 50, states: ["asking", "paused", "failed"] },
  "Runs of one workflow": { limit: 50, workflowId: "flow-3" },
  "Runs that a rare word finds": { limit: 50, search: "needle" },
  "Failed runs that a frequent word finds": { limit: 50, search: "nightly", states: ["failed"] },
  "Runs that two letters find": { limit: 50, search: "le" },
};

/** What pages ask of a store with runs of the workflows that the fill of both databases has. */
export const questions: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(lists).map(([what, filter]) => [what, (store: Store) => store.runs(filter)]),
  ),
  "How many runs are in each state": (store) => store.countRuns(),
  "What the newest completed runs of a workflow took": (store) => store.past("flow-3", 100),
};

/** Lists and counts over many runs beside the same over a thousand: what grew with all that ever was would show. */
export const benchLists = async (many = 100_000): Promise<Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  const open = (runs: number): Store => {
    const { client, db } = openDatabase(join(folder, `${runs}.sqlite`));
    bringUpToDate(client, migrationsFolder);
    fillRuns(client, runs, { whole: runs });
    return storeOn({ client, db, release: () => {} }, { now: Date.now, random: (n) => randomBytes(n) });
  };
  const stores = { many: open(many), few: open(few) };
  try {
    const figures: Figure[] = [];
    const measure = async (what: string, ask: (store: Store) => Promise<unknown>) => {
      const asked = (store: Store) => async () => {
        for (let i = 0; i < times; i++) await ask(store);
      };
      const took = await inTurns(asked(stores.many), asked(stores.few), 9);
      const about = {
        what: `${what}, of ${many.toLocaleString("en")}`,
        unit: "ms",
        than: `of ${few.toLocaleString("en")}`,
        more: "worse",
      } as const;
      figures.push(figureOf(about, took, (ms) => ms / times));
    };
    for (const [what, ask] of Object.entries(questions)) await measure(what, ask);
    return figures;
  } finally {
    await stores.many.close();
    await stores.few.close();
    await rm(folder, { recursive: true, force: true });
  }
};
