import type { EachResult } from "#core/each.ts";
import type { Outcome } from "#core/run.ts";

const factsAtMost = 20;
const namedAtMost = 5;

/** On how many servers it is done, and what the first of them wrote last. */
export const outcomeOf = (servers: readonly EachResult<string>[]): Outcome => {
  const done = servers.filter(({ state }) => state === "completed");
  const leftOut = servers.filter(({ state }) => state !== "completed").map(({ title }) => title);
  const more = leftOut.length - namedAtMost;
  const names = [...leftOut.slice(0, namedAtMost), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  return {
    sentence: `${done.length} done${leftOut.length === 0 ? "" : `, ${leftOut.length} left out (${names})`}.`,
    facts: done
      .filter(({ result }) => result !== null && result !== "")
      .slice(0, factsAtMost)
      .map(({ title, result }) => ({ label: title, value: result ?? "" })),
  };
};
