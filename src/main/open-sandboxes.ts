import type { ConnectionBook } from "#connections/book.ts";
import type { Log } from "#core/log.ts";
import { startChild } from "./child.ts";
import type { Config } from "./config.ts";
import { createSandboxes, type Sandboxes } from "./sandboxes.ts";

interface OpenSandboxesOptions extends Pick<Config, "sandbox" | "role" | "database"> {
  log: Log;
  sampleSite: boolean;
}

/**
 * The servers on loopback that this process has, and their connections among all. Of several processes over a database each has the crawler, because
 * what that finds is where all see it; the others are a machine's own, and are there with all roles only. Null: it has none.
 */
export const openSandboxes = async (
  { sandbox, role, database, log, sampleSite }: OpenSandboxesOptions,
  folder: string,
  connections: Pick<ConnectionBook, "offer">,
): Promise<Sandboxes | null> => {
  const isWhole = role === "all";
  const sandboxes =
    sandbox && (isWhole || database !== null)
      ? createSandboxes({
          ...{ folder, startChild, log, database },
          sampleSite: sampleSite && isWhole,
          machines: isWhole ? ["botify", "dokploy", "ssh"] : ["botify"],
        })
      : null;
  // What a node of all roles offers beside this one is not this one's to take away.
  await connections.offer(sandboxes?.builtIns ?? [], { only: isWhole });
  return sandboxes;
};
