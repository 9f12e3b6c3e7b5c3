import { connection } from "#core/field-choices.ts";
import { start } from "#core/start.ts";
import type { ExportDeps, ExportInput } from "./deps.ts";

/** Asks whose account it is; with one connection there is nothing to choose. */
export const startExport = ({ connections }: Pick<ExportDeps, "connections">) =>
  start({
    fields: [
      connection("connection", "Where are the crawls?", {
        from: connections,
        kind: "botify",
        what: "connections",
        whenEmpty: "There is no Botify connection yet. Add one under Connections, then come back.",
        builtInMark: "no account needed",
      }),
    ],
    input: ({ connection }): ExportInput => ({
      connectionId: connection.id,
      connectionName: connection.name,
    }),
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
