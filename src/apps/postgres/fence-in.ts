import type { Line } from "./line.ts";
import { type Found, makeRoleSql, newRole } from "./schemas.ts";

/** A schema that was restored from a dump without its role gets one again, for itself and all that is in it. */
export const fenceIn = (line: Line, found: Found): Found => {
  const { schema } = found;
  const role = newRole();
  line.ask([
    { sql: `BEGIN; ${makeRoleSql(role)}; ALTER SCHEMA "${schema}" OWNER TO "${role}"` },
    {
      sql: `DO $$ DECLARE one record; BEGIN
              FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' LOOP
                EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', '${schema}', one.tablename, '${role}');
              END LOOP; END $$`,
    },
    { sql: "COMMIT" },
  ]);
  return { ...found, role };
};
