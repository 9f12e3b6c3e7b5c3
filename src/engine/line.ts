import { called } from "./moves/turn.ts";
import type { EngineParts } from "./parts.ts";

/** Makes those in a line look at once who wait behind more runs than are before them now. Calling once too often does nothing. */
export const callLine = async (
  { store, commit, wake }: Pick<EngineParts, "store" | "commit" | "wake">,
  turn: string,
): Promise<void> => {
  const line = await store.line(turn);
  const moved = [...line.entries()].filter(
    ([ahead, { behind }]) => behind !== null && behind.ahead !== ahead,
  );
  if (moved.length === 0) return;
  await Promise.all(moved.map(([ahead, run]) => commit(run, (now, at) => called(now, ahead, at))));
  wake();
};
