import { z } from "zod";
import { copyRows } from "#apps/copy-rows.ts";
import { quote } from "#apps/runtime/database.ts";
import { type AppSchema, appSchema } from "#apps/runtime/schema.ts";
import type { SafetyCopy } from "#apps/safety-copy.ts";
import { openAppDatabase, type Schema } from "./app-database.ts";
import { postgres } from "./dialect.ts";
import type { Line } from "./line.ts";
import { copiesOf, copySchema, isFenced } from "./schemas.ts";

/** What the schema of a copy says; one that says nothing is not complete. */
const saidOf = z.object({ label: z.string(), schema: appSchema });

const saySql = (copy: string, label: string, schema: AppSchema): string =>
  `COMMENT ON SCHEMA "${copy}" IS '${JSON.stringify({ label, schema }).replaceAll("'", "''")}'`;

const row = z.tuple([z.string(), z.string(), z.string()]);

/** The copies whose schemas begin so, with their owners and what they say. */
const find = (line: Line, beginning: string) =>
  line
    .ask([
      {
        sql: `SELECT nspname::text, pg_get_userbyid(nspowner)::text, obj_description(oid, 'pg_namespace') FROM pg_namespace
              WHERE starts_with(nspname::text, $1) AND obj_description(oid, 'pg_namespace') IS NOT NULL`,
        values: [beginning],
      },
    ])
    .rows.map((found) => {
      const [copy, role, said] = row.parse(found);
      return { copy, role, ...saidOf.parse(JSON.parse(said)) };
    });

/** Each copy of an app's tables. */
export function* copiesIn(line: Line, app: Schema): Generator<SafetyCopy> {
  for (const { copy, label, schema } of find(line, copiesOf(app)))
    yield { label, schema, db: openAppDatabase(line, { schema: copy, role: app.role }) };
}

/** The copies of an app that were restored without its role. */
export const copiesLeftOf = (line: Line, slug: string): { schema: string; label: string }[] =>
  find(line, "copy_")
    .filter(({ copy, role, schema }) => schema.app === slug && !isFenced({ schema: copy, role }))
    .map(({ copy, label }) => ({ schema: copy, label }));

const isKept = (line: Line, app: Schema, label: string): boolean =>
  [...copiesIn(line, app)].some((one) => one.label === label);

/** Keeps a copy of an app's tables as they are at this moment, in a schema of its role; nothing when there is one with this label already. */
export const keepCopyOf = (line: Line, app: Schema, schema: AppSchema, label: string): void => {
  if (isKept(line, app, label)) return;
  const copy = copySchema(app, label);
  line.ask([
    // All tables as of one instant.
    { sql: "BEGIN ISOLATION LEVEL REPEATABLE READ" },
    { sql: `CREATE SCHEMA "${copy}" AUTHORIZATION "${app.role}"; SET LOCAL ROLE "${app.role}"` },
    ...Object.keys(schema.tables).map((name) => ({
      sql: `CREATE TABLE "${copy}".${quote(name)} AS TABLE "${app.schema}".${quote(name)}; ALTER TABLE "${copy}".${quote(name)} ADD PRIMARY KEY ("id")`,
    })),
    { sql: saySql(copy, label, schema) },
    { sql: "COMMIT" },
  ]);
};

/** Keeps a copy that was taken elsewhere; nothing when there is one with this label already. */
export const takeCopyOver = (line: Line, app: Schema, { label, db, schema }: SafetyCopy): void => {
  if (isKept(line, app, label)) return;
  const copy = copySchema(app, label);
  line.ask([
    { sql: `DROP SCHEMA IF EXISTS "${copy}" CASCADE; CREATE SCHEMA "${copy}" AUTHORIZATION "${app.role}"` },
  ]);
  const to = openAppDatabase(line, { schema: copy, role: app.role });
  to.transaction(() => {
    for (const [name, table] of Object.entries(schema.tables)) to.exec(postgres.tableSql(name, table));
    copyRows(db, to, schema, false);
    to.exec(saySql(copy, label, schema));
  }).immediate();
};
