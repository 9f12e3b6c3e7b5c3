import type { Connection } from "#core/connection.ts";
import { textsIn } from "#core/form.ts";
import type { ConnectionBook } from "./book.ts";

/**
 * The connection in which a field can be mended that an error names: the one among those that were given to a run, by their ids, whose kind
 * asks for a field of this name. Null where none does, where several do, and for those that Milepost brings along.
 */
export const connectionWith =
  (connections: Pick<ConnectionBook, "all" | "kind">) =>
  async (given: unknown, field: string): Promise<Pick<Connection, "id" | "name"> | null> => {
    const said = new Set(textsIn(given));
    const having = (await connections.all()).filter(
      ({ id, kind }) => said.has(id) && connections.kind(kind).fields.some(({ name }) => name === field),
    );
    const [only, another] = having;
    return only === undefined || another !== undefined || only.builtIn ? null : only;
  };
