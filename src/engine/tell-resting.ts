import { setImmediate as nextTurn } from "node:timers/promises";
import { nothingWasCutOff } from "#engine/steps/interrupted.ts";
import { callLine } from "./line.ts";
import type { EngineParts } from "./parts.ts";

/** So many share a sync of the disk. */
const toldAtOnce = 20;

/** Runs that waited while no server was there: their pages say so. One that goes on already needs no telling. */
export const tellResting = async (
  parts: EngineParts,
  left: ReadonlySet<string>,
  closing: AbortSignal,
): Promise<void> => {
  const { store, commit, clock } = parts;
  const opened = clock.now();
  let after: string | undefined;
  do {
    const page = await store.runs({
      states: ["waiting", "queued", "running"],
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    const resting = page.rows.filter(
      ({ run, steps }) =>
        !left.has(run.id) &&
        run.startedAt !== null &&
        run.createdAt < opened &&
        !steps.some((step) => step.state === "running"),
    );
    for (let first = 0; first < resting.length && !closing.aborted; first += toldAtOnce) {
      const some = resting.slice(first, first + toldAtOnce);
      await Promise.all(
        some.map(({ run }) =>
          commit(run, (now, at) => (now.run.version === run.version ? nothingWasCutOff(now, at) : {})),
        ),
      );
      await nextTurn();
    }
    // Whoever left a line may have died before it called the others.
    const lines = page.rows.flatMap(({ run }) =>
      run.turn === null || run.behind === null ? [] : [run.turn],
    );
    for (const turn of new Set(lines)) await callLine(parts, turn);
    after = page.next ?? undefined;
    // A page is read in one go, and there may be hundreds of them.
    await nextTurn();
  } while (after !== undefined && !closing.aborted);
};
