import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import type { Start } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "./deps.ts";

/** Asks whose account it is; with one connection there is nothing to choose. */
export const startExport = ({ connections }: Pick<ExportDeps, "connections">): Start<ExportInput> => ({
  form: async () => {
    const all = await connections.list("botify");
    if (all.length === 0) {
      return {
        fields: [
          {
            kind: "note",
            tone: "info",
            text: "There is no Botify connection yet. Add one under Connections, then come back.",
          },
        ],
        submit: "Start",
      };
    }
    return {
      fields: [
        {
          kind: "choice",
          name: "connection",
          label: "Where are the crawls?",
          options: all.map((one) => ({
            value: one.id,
            label: one.name,
            marks: one.builtIn ? ["no account needed"] : [],
          })),
          value: (all.find((one) => !one.builtIn) ?? all[0])?.id ?? "",
        },
      ],
      submit: "Start",
    };
  },
  read: async (values) => {
    const id = textOf(values, "connection");
    const found = (await connections.list("botify")).find((one) => one.id === id);
    if (found === undefined) {
      throw new AppError(
        "bad-input",
        "Choose one of the connections. If there is none, add one under Connections.",
        {
          field: "connection",
        },
      );
    }
    return { connectionId: found.id, connectionName: found.name };
  },
  subject: (input, results) => {
    const project = results.project as { org: string; project: string } | undefined;
    const analysis = results.analysis as { title: string } | undefined;
    return [
      project === undefined ? input.connectionName : `${project.org}/${project.project}`,
      analysis?.title,
    ]
      .filter((part) => part !== undefined)
      .join(" · ");
  },
});
