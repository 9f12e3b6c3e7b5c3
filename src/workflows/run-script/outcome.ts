import type { EachResult } from "#core/each.ts";
import type { Outcome } from "#core/run.ts";

const factsAtMost = 20;

/** On how many servers it is done, and what the first of them wrote last. */
export const outcomeOf = (servers: readonly EachResult<string>[]): Outcome => {
  const done = servers.filter(({ state }) => state === "completed");
  const leftOut = servers.length - done.length;
  return {
    sentence: `${done.length} done${leftOut === 0 ? "" : `, ${leftOut} left out`}.`,
    facts: done
      .filter(({ result }) => result !== null && result !== "")
      .slice(0, factsAtMost)
      .map(({ title, result }) => ({ label: title, value: result ?? "" })),
  };
};
