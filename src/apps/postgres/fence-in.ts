import type { Schema } from "./app-database.ts";
import { copiesLeftOf } from "./copies.ts";
import type { Line } from "./line.ts";
import { copySchema, type Found, makeRoleSql, newRole } from "./schemas.ts";

/** A schema that was restored from a dump without its role gets one again, for itself and all that is in it, and so do the copies of its data. */
export const fenceIn = (line: Line, found: Found): Found => {
  const fenced = { ...found, role: newRole() };
  line.ask([
    { sql: `BEGIN; ${makeRoleSql(fenced.role)}` },
    ...ownedBy(fenced),
    ...copiesLeftOf(line, found.record.schema.app).flatMap(({ schema, label }) => {
      const copy = { schema: copySchema(fenced, label), role: fenced.role };
      return [{ sql: `ALTER SCHEMA "${schema}" RENAME TO "${copy.schema}"` }, ...ownedBy(copy)];
    }),
    { sql: "COMMIT" },
  ]);
  return fenced;
};

const ownedBy = ({ schema, role }: Schema): { sql: string }[] => [
  { sql: `ALTER SCHEMA "${schema}" OWNER TO "${role}"` },
  {
    sql: `DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' LOOP
              EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', '${schema}', one.tablename, '${role}');
            END LOOP; END $$`,
  },
];
