import type { TestProject } from "vitest/node";
import { startPostgres } from "../store/postgres/server.ts";

/** The tests of the project that this is set up for have their apps in PostgreSQL. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startPostgres();
  project.provide("appsDatabase", await server.fresh());
  return server.close;
};
