import { AppError } from "#core/errors.ts";
import type { Field } from "#core/form.ts";
import { Reject } from "#core/reject.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import { type PlannedChange, plannedNow } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

/** What would change, down to the very statements, before anything does. */
export const previewChange = ({
  apps,
}: Pick<Host, "apps">): AskOptions<ChangeInput, object, PlannedChange> => ({
  form: ({ input }) => {
    const { steps, losses, sql, from } = plannedNow(apps, input);
    return {
      fields: [
        ...steps.map((text): Field => ({ kind: "note", tone: "info", text })),
        ...losses.map((text): Field => ({ kind: "note", tone: "danger", text: `Lost for good: ${text}` })),
        {
          kind: "code",
          label: `What runs on the database of “${from.title}”`,
          text: sql.length === 0 ? "-- The tables stay as they are." : `${sql.join(";\n")};`,
        },
        {
          kind: "note",
          tone: "success",
          text: "A copy of the data is kept before. If a statement fails, none of them takes effect.",
        },
      ],
      submit: losses.length === 0 ? "Change the app" : "Continue",
      buttons: [{ does: "answer", value: "cancel", label: "Leave it as it is" }],
    };
  },
  read: (_values, { input, press, by }) => {
    if (press === "cancel") return new Reject(`${by ?? "Somebody"} left the app as it is.`);
    if (press !== undefined) throw new AppError("bad-answer", "Change the app or leave it as it is.");
    return plannedNow(apps, input);
  },
  detail: ({ steps }) => steps.join(" "),
});
