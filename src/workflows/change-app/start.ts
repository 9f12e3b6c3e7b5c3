import { planChange } from "#apps/plan/change.ts";
import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import type { Start } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { ChangeInput } from "./input.ts";

/** Asks which app is to change, and how. */
export const startChange = ({ apps }: Pick<Host, "apps">): Start<ChangeInput> => ({
  form: ({ draft }) => {
    const all = apps.list();
    if (all.length === 0)
      return {
        fields: [
          {
            kind: "note",
            tone: "info",
            text: "There is no app yet. Generate one, then come back to change it.",
          },
        ],
        submit: "Plan the change",
      };
    return {
      fields: [
        {
          kind: "select",
          name: "app",
          label: "App",
          options: all.map(({ slug, schema }) => ({ value: slug, label: schema.title })),
          value: (draft === undefined ? "" : textOf(draft, "app")) || (all[0]?.slug ?? ""),
        },
        {
          kind: "text",
          name: "request",
          label: "What should change?",
          help: "“Add a suppliers table with name and phone”, “Add a birthday column to customers”, “Rename notes of customers to remarks”, “Remove the table suppliers”. Several at once are fine.",
          multiline: true,
          required: true,
          ...(draft === undefined ? {} : { value: textOf(draft, "request") }),
        },
      ],
      submit: "Plan the change",
    };
  },
  read: (values) => {
    const slug = textOf(values, "app");
    const app = apps.find(slug);
    if (app === null)
      throw new AppError("bad-input", "Choose one of the apps. If there is none, generate one first.", {
        field: "app",
      });
    const request = textOf(values, "request");
    planChange(app.schema, request);
    return { slug, request };
  },
  subject: ({ slug, request }) => `${apps.find(slug)?.schema.title ?? slug}: ${request.slice(0, 60)}`,
  lock: ({ slug }) => `app:${slug}`,
});
