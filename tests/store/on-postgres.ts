import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres/server.ts";

/** The tests of the project that this is set up for have their stores in PostgreSQL. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startPostgres();
  project.provide("emptyDatabase", await server.fresh());
  return server.close;
};
