import type { Trigger, TriggerPatch, TriggerTable } from "#core/trigger.ts";

/** Changes each that `patchOf` has something for, as it is at that moment: what moves meanwhile is looked at anew. */
export const changeAll = async (
  triggers: Pick<TriggerTable, "list" | "get" | "change">,
  patchOf: (trigger: Trigger) => TriggerPatch | null,
): Promise<void> => {
  for (const { id } of await triggers.list())
    for (;;) {
      const one = await triggers.get(id);
      const patch = one === null ? null : patchOf(one);
      if (one === null || patch === null || (await triggers.change(id, one.revision, patch))) break;
    }
};
