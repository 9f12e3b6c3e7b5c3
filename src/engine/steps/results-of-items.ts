import { setImmediate as nextTurn } from "node:timers/promises";
import type { EachResult } from "#core/each.ts";
import type { Step } from "#core/step.ts";
import type { EachDefinition } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { json } from "#engine/shapes.ts";
import { resultsOf } from "./context.ts";

const perRead = 500;

interface ItemsResults {
  /** What later steps see, in the order of the list. */
  results: EachResult<unknown>[];
  /** What was typed into private fields of the questions of those that hand something on: it may stand in that, whatever its author made of it. */
  privates: readonly string[];
}

/** What the items of a step came to, when all of them are over. */
export const resultsOfItems = async (
  { parts }: Claim,
  step: Step,
  { gives, title }: EachDefinition & { title: string },
): Promise<ItemsResults> => {
  const all: { position: number; one: EachResult<unknown> }[] = [];
  const privates = new Set<string>();
  let after: { state: "completed" | "skipped"; position: number } | undefined;
  for (;;) {
    const page = await parts.store.items.of(step.runId, step.id, {
      states: ["completed", "skipped"],
      limit: perRead,
      ...(after === undefined ? {} : { after }),
    });
    for (const { item, at } of page) {
      const { key, title: called, position } = item;
      const state = item.state === "skipped" ? "skipped" : "completed";
      const result =
        gives === undefined || at === null || state === "skipped"
          ? null
          : await askAuthor(parts, {
              ...{ of: title, name: "gives", shape: json, limitMs: parts.limits.words },
              run: () => gives(resultsOf(at.steps)),
            });
      if (result !== null) for (const text of at?.run.privates ?? []) privates.add(text);
      all.push({ position, one: { key, title: called, state, result } });
      after = { state, position };
    }
    if (page.length < perRead) break;
    await nextTurn();
  }
  return {
    results: all.sort((a, b) => a.position - b.position).map(({ one }) => one),
    privates: [...privates],
  };
};
