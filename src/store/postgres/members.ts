import type { Pool } from "pg";
import type { NodeSeen } from "#core/nodes.ts";
import { plainError } from "./plain-error.ts";

const begin = "milepost node";

/** What a node's connection is called; PostgreSQL keeps 63 bytes of it. */
export const memberName = (role: string, version: string, name: string, isDraining = false): string =>
  `${begin} ${role}${isDraining ? drains : ""} ${version} ${name}`;

/** One letter: there is room for no more. */
const drains = "!";

/** Nobody keeps a list: a node is there for as long as its connection is. Throws AppError("store-busy"). */
export const members = async (pool: Pool): Promise<NodeSeen[]> => {
  const asked = pool.query<{ said: string; since: string; silent: string; runs: string }>(
    `SELECT application_name AS said,
       extract(epoch FROM backend_start) * 1000 AS since,
       extract(epoch FROM clock_timestamp() - state_change) * 1000 AS silent,
       (SELECT count(*) FROM runs WHERE claimed_by = split_part(application_name, ' ', 5)) AS runs
     FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE $1
     ORDER BY backend_start`,
    [`${begin} %`],
  );
  const { rows } = await asked.catch((error: unknown) => {
    throw plainError(error);
  });
  return rows.map(({ said, since, silent, runs }) => {
    const [, , kind = "", version = "", name = ""] = said.split(" ");
    return {
      ...{ name, role: kind.replace(drains, ""), isDraining: kind.endsWith(drains) },
      ...{ version, since: Math.round(Number(since)) },
      ...{ silentMs: Math.max(0, Math.round(Number(silent))), runs: Number(runs) },
    };
  });
};
