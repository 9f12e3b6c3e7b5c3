import type { ItemChange } from "#core/change.ts";
import { toAppError } from "#core/errors.ts";
import { type Item, itemWorkflowId } from "#core/item.ts";
import { secretOwner } from "#core/secrets.ts";
import type { Workflow } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { wordsOrNone } from "#engine/shapes.ts";
import { newStep } from "#engine/verbs/start.ts";

type Begun = NonNullable<ItemChange["begun"]>[number];
type Refused = NonNullable<ItemChange["moved"]>[number];

/** The run that an item is to have, or why it can have none: what its author says of its lock is wrong. */
export const newChild = async (
  claim: Claim,
  stepId: string,
  flow: Workflow,
  item: Item,
): Promise<{ child: Begun } | { refused: Refused }> => {
  const { parts } = claim;
  const { run } = claim.at();
  const { position, key, round } = item;
  const refused = (error: string) => ({ refused: { position, to: "failed", error } as const });
  try {
    const lock = await askAuthor(parts, {
      ...{ of: flow.title, name: "lock", shape: wordsOrNone, limitMs: parts.limits.words },
      run: () => flow.start.lock?.(item.input) ?? null,
    });
    const id = parts.newId();
    const at = parts.clock.now();
    return {
      child: {
        position,
        run: {
          id,
          workflowId: itemWorkflowId(run.workflowId, stepId),
          code: run.code,
          title: flow.title,
          subject: item.title,
          mode: "automatic",
          input: item.input,
          values: {},
          secrets: handedDown(claim, flow, id),
          privates: run.privates,
          lock,
          createdAt: at,
          createdBy: run.createdBy,
          starter: run.starter,
          changers: run.changers,
          wakeAt: at,
          parent: { runId: run.id, stepId, round, position, key },
          family: run.family ?? run.id,
        },
        steps: flow.steps.map((step) => newStep(step, item.input)),
      },
    };
  } catch (error) {
    return refused(toAppError(error).message);
  }
};

/** The secrets that the item's steps name, sealed anew for its run. */
const handedDown = ({ parts, at }: Claim, flow: Workflow, childId: string): Record<string, string> | null => {
  const { run } = at();
  const given = flow.start.secrets.flatMap((name) => {
    const sealed = run.secrets?.[name];
    if (sealed === undefined) return [];
    const text = parts.secrets.open(sealed, secretOwner(run.id));
    return [[name, parts.secrets.seal(text, secretOwner(childId))] as const];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
};
