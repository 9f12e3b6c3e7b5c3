import { modelField } from "#apps/model/model-field.ts";
import { planChange } from "#apps/plan/change.ts";
import { select } from "#core/field-choices.ts";
import { text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { Host } from "#workflows/host.ts";
import type { ChangeInput } from "./input.ts";

/** Asks which app is to change, and how. */
export const startChange = ({ apps, connections }: Pick<Host, "apps" | "connections">) =>
  start({
    fields: [
      select("app", "App", {
        options: () =>
          apps
            .titles()
            .map(({ slug, title }) => ({ value: slug, label: title }))
            .sort((a, b) => a.label.localeCompare(b.label)),
        whenEmpty: "There is no app yet. Generate one, then come back to change it.",
        otherwise: "Choose one of the apps.",
      }),
      text("request", "What should change?", {
        help: "“Add a suppliers table with name and phone”, “Add a birthday column to customers”, “Rename notes of customers to remarks”, “Remove the table suppliers”. Several at once are fine. Left empty, you change the plan itself: names, types, choices, what is needed.",
        multiline: true,
      }),
      modelField(
        "Who reads what is not understood?",
        "A model sees these words and the app's plan, never its rows. You see what changes before it does.",
        {
          list: () => connections.list("openai"),
          none: "No model: you are asked",
        },
      ),
    ],
    submit: "Plan the change",
    input: ({ app: slug, request, model: connectionId }): ChangeInput => {
      const app = apps.find(slug);
      if (app === null) throw wrong("app", "This app was removed just now. Choose another one.");
      if (request !== "" && connectionId === null) planChange(app.schema, request);
      return { slug, request, connectionId };
    },
    subject: ({ slug, request }) =>
      `${apps.find(slug)?.schema.title ?? slug}: ${request.slice(0, 60) || "its plan"}`,
    lock: ({ slug }) => `app:${slug}`,
  });
