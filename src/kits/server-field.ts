import type { Connection, Connections } from "#core/connection.ts";
import { connection } from "#core/field-choices.ts";
import type { InputField } from "#core/fields.ts";

/** A field that chooses one of the servers that are connected by SSH. */
export type Server = <const N extends string>(name: N, label: string) => InputField<N, Connection>;

export const createServerField =
  (from: Connections): Server =>
  (name, label) =>
    connection(name, label, {
      ...{ from, kind: "ssh", what: "servers", builtInMark: "no server needed" },
      whenEmpty: "There is no server yet. Add one under Connections, then come back.",
    });
