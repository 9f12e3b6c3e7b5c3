import type { ApproveOptions } from "#core/approval.ts";
import { Skip } from "#core/skip.ts";
import type { PlannedChange } from "#workflows/change-app/planned.ts";

/** Asks once more when data would be lost; otherwise nobody needs to be asked. */
export const approveLoss: ApproveOptions<unknown, { preview: PlannedChange }> = {
  about: ({ results: { preview } }) =>
    preview.losses.length === 0
      ? new Skip("Nothing is lost by it.", { by: "", comment: null })
      : {
          what: `This removes data from “${preview.from.title}”. Undo brings it back from the copy that is kept.`,
          risk: "high",
          impact: preview.losses,
        },
  modify: "preview",
};
