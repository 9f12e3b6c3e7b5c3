import type { Dokploy, Server } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";

/** A server by its name. Throws AppError("not-found") that names those there are. */
export const findServer = async (dokploy: Dokploy, name: string, signal: AbortSignal): Promise<Server> => {
  const servers = await dokploy.servers(signal);
  const [found, other] = servers.filter((server) => server.name === name);
  if (found !== undefined && other === undefined) return found;
  const there = servers.map((server) => `“${server.name}”`).join(", ");
  throw new AppError(
    "not-found",
    found === undefined
      ? `Dokploy has no server “${name}”${there === "" ? "; this key sees none but its own" : `. There are ${there}`}.`
      : `Dokploy has several servers “${name}”, and nothing tells which is meant. Rename all but one there.`,
    { field: "server" },
  );
};
