import { defaultConnection } from "./default-connection.ts";
import type { StackDeps } from "./deps.ts";
import { nameProblem } from "./name.ts";
import { projectName } from "./names.ts";

export interface NameCheck {
  /** It may be the name of a stack. */
  valid: boolean;
  /** No stack has it yet; one that has it would be updated. */
  available: boolean;
  /** Why not, in a sentence. */
  reason: string | null;
}

/**
 * Whether a stack of this name may be made on a connection (the first one when it is left out) and is not there yet. Reads only.
 * Throws the connector's AppError when Dokploy cannot be asked.
 */
export const checkName = async (
  { connections, connect }: Pick<StackDeps, "connections" | "connect">,
  name: string,
  signal: AbortSignal,
  connectionId?: string,
): Promise<NameCheck> => {
  const reason = nameProblem(name);
  if (reason !== null) return { valid: false, available: false, reason };
  const id = connectionId ?? defaultConnection(await connections.list("dokploy"));
  if (id === undefined) return { valid: true, available: true, reason: null };
  const dokploy = await connect(id);
  const taken = (await dokploy.projects(signal)).some((project) => project.name === projectName({ name }));
  return {
    valid: true,
    available: !taken,
    reason: taken ? `There is a stack “${name}” already. Deploying it again updates it.` : null,
  };
};
