import type { ProjectAddress } from "#connectors/botify/project-url.ts";
import { exportJob, exportQuery } from "#connectors/botify/query.ts";
import { queryHash } from "#connectors/botify/query-hash.ts";
import type { ChosenAnalysis } from "./steps/analysis.ts";
import type { ChosenColumns } from "./steps/columns.ts";
import type { ChosenDepth } from "./steps/depth.ts";

/** Everything that the person chose. */
export interface Choices {
  project: ProjectAddress;
  analysis: ChosenAnalysis;
  depth: ChosenDepth;
  columns: ChosenColumns;
}

/** What Botify is asked for; the same choices always give the same query and the same hash. */
export const orderOf = ({ project, analysis, depth, columns }: Choices) => {
  const query = exportQuery({
    analysis: analysis.slug,
    fields: columns.fields,
    filter: columns.filter,
    maxDepth: depth.maxDepth,
  });
  return {
    query,
    hash: queryHash(project.org, project.project, query),
    job: exportJob(project.org, project.project, query),
  };
};
