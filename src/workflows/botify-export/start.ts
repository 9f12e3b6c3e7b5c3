import { connection } from "#core/field-choices.ts";
import { number, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { ExportDeps, ExportInput } from "./deps.ts";

const readProject = (typed: string): ExportInput["project"] | null => {
  const [, org, project, analysis = null] =
    /^([\w~-][\w.~-]{0,199})\/([\w~-][\w.~-]{0,199})(?:\/([\w.-]{1,100}))?$/.exec(typed) ?? [];
  if (typed === "") return null;
  if (org === undefined || project === undefined)
    throw wrong(
      "project",
      "Give the project as “organisation/project”, or leave it empty and choose it later.",
    );
  return { org, project, analysis };
};

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
      text("project", "Project or crawl", {
        help: "If you know it already: “organisation/project”, with “/crawl” after it for one crawl. Left empty, you choose from a list.",
        placeholder: "your-org/your-project",
        longest: 400,
        read: readProject,
      }),
      group("When it runs again by itself", [
        number("credits", "Credits that it may spend without asking", {
          help: "A schedule's run then takes the newest whole crawl, where that costs no more. Left empty, a person is asked about each newer crawl.",
          min: 0,
          required: false,
        }),
      ]),
    ],
    input: ({ connection, project, credits }): ExportInput => ({
      connectionId: connection.id,
      connectionName: connection.name,
      ...(project === null ? {} : { project }),
      ...(credits === null ? {} : { credits }),
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
