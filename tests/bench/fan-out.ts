import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { item } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { flow, openWorld, type World } from "../engine/world.ts";
import { bareCommits } from "./engine.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const items = 1_000;
const rounds = 3;
const pictures = 40;
const nothing = { safeBecause: "It does nothing.", run: async () => {} };

const one = workflow("one", "One", "For the bench.", item<number>())
  .do("only", "Only", nothing)
  .hands(() => ({ sentence: "" }));

const fanOut: Workflow = flow("fan-out")
  .each("all", "All", {
    flow: one,
    of: () => Array.from({ length: items }, (_, n) => ({ key: `${n}`, input: n })),
    atOnce: 20,
  })
  .hands(() => ({ sentence: "" }));

/** Ten steps, none of which has items. */
const plain: Workflow = {
  ...flow("plain")
    .do("s0", "Step", nothing)
    .hands(() => ({ sentence: "" })),
  steps: tenSteps(),
};

function tenSteps(): Workflow["steps"] {
  const [step] = flow()
    .do("s0", "Step", nothing)
    .hands(() => ({ sentence: "" })).steps;
  return Array.from({ length: 10 }, (_, n) => ({ ...step, id: `s${n}` }) as Workflow["steps"][number]);
}

/** What a list of items costs: a run for each that does nothing, beside bare commits; and the page of the run that has them. */
export const benchFanOut = async (): Promise<Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  const bare = bareCommits(join(folder, "raw.sqlite"));
  const store = await openSqliteStore({
    file: join(folder, "ours.sqlite"),
    now: Date.now,
    random: (n) => randomBytes(n),
  });
  const world = await openWorld([fanOut, plain], { store, overrides: { concurrency: 20 } });
  try {
    const perSecond = { ours: [] as number[], reference: [] as number[] };
    let whole = "";
    for (let round = 0; round < rounds; round++) {
      const commits = performance.now();
      for (let n = 0; n < items; n++) bare.commit();
      perSecond.reference.push((items * 1_000) / (performance.now() - commits));
      const begun = performance.now();
      whole = await world.start({}, "fan-out");
      await world.until(whole, "completed");
      perSecond.ours.push((items * 1_000) / (performance.now() - begun));
    }
    const ten = await world.start({}, "plain");
    await world.until(ten, "completed");
    const drawn = await inTurns(drawing(world, whole), drawing(world, ten), rounds * 3);
    return [
      figureOf(
        {
          what: `A run for each of ${items} items, one step that does nothing`,
          unit: "items/s",
          than: "bare commits",
          more: "better",
        },
        perSecond,
      ),
      figureOf(
        {
          what: `What the page of a run with ${items} items is made of`,
          unit: "ms",
          than: "the same of a run of ten steps",
          more: "worse",
        },
        drawn,
        (took) => took / pictures,
      ),
    ];
  } finally {
    await world.close();
    bare.close();
    await rm(folder, { recursive: true });
  }
};

const drawing = (world: World, id: string) => async () => {
  for (let n = 0; n < pictures; n++) await world.engine.picture(id, true);
};
