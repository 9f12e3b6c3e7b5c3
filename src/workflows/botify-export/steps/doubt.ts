import { AppError } from "#core/errors.ts";
import type { Field } from "#core/form.ts";
import { textOf } from "#core/form.ts";
import { GoBack } from "#core/go-back.ts";
import { Skip } from "#core/skip.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import type { Checked } from "./check.ts";
import type { Confirmed } from "./confirm.ts";
import type { Saved } from "./download.ts";

export interface Decided {
  /** It is kept although it contradicts its order. */
  keptAnyway: boolean;
}

interface Before {
  confirm: Confirmed;
  download: Saved;
  check: Checked;
}

/** Asks what becomes of a file that contradicts what was counted and ordered; of any other there is nothing to ask. */
export const askDoubt = ({ exports }: ExportDeps): AskOptions<ExportInput, Before, Decided> => ({
  form: async ({ results }) => {
    const { exportId, doubts, rows } = results.check;
    if (doubts.length === 0) return new Skip("The file holds what was ordered.", { keptAnyway: false });
    const row = await exports.get(exportId);
    const preview: Field[] =
      row?.preview == null || row.preview.length === 0
        ? []
        : [
            {
              kind: "table",
              caption: "How it begins",
              head: row.header ?? [],
              rows: row.preview.slice(0, shownRows),
            },
          ];
    return {
      fields: [
        ...doubts.map((text): Field => ({ kind: "note", tone: "danger", text })),
        ...preview,
        {
          kind: "choice",
          name: "what",
          label: "What is to be done?",
          options: [
            { value: "fetch", label: "Fetch the same file once more", marks: ["no credits"] },
            {
              value: "anew",
              label: "Throw it away and order the export anew",
              marks: ["costs credits again"],
            },
            { value: "keep", label: `Keep the ${rows.toLocaleString("en")} rows as they are` },
          ],
        },
      ],
      submit: "Continue",
    };
  },
  read: async (values, { results, runId }) => {
    switch (textOf(values, "what")) {
      case "keep":
        await exports.update(results.check.exportId, runId, { status: "ready", error: null });
        return { keptAnyway: true };
      case "fetch":
        return new GoBack("download");
      case "anew":
        return new GoBack("confirm");
      default:
        throw new AppError("bad-answer", "Choose what is to be done with this file.", { field: "what" });
    }
  },
  detail: ({ keptAnyway }) => (keptAnyway ? "Kept although it is not as counted" : "As ordered"),
});

const shownRows = 10;
