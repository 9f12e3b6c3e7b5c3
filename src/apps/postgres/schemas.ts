import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { type AppRecord, recordIn } from "#apps/app-record.ts";
import { keptApp } from "#core/kept-app.ts";
import type { Schema } from "./app-database.ts";
import type { Line } from "./line.ts";

/** An app as PostgreSQL has it: a schema that says what the app is, and who owns it. */
export interface Found extends Schema {
  /** What the schema says of itself, word by word. */
  said: string;
  record: AppRecord;
}

const roles = /^milepost_app_[0-9a-f]{16}$/;

/** Roles are known to all databases of a server, and one app may have had the address of another. */
export const newRole = (): string => `milepost_app_${randomBytes(8).toString("hex")}`;

/** Whether a schema belongs to a role that was made for it. One that was restored without the roles does not. */
export const isFenced = ({ role }: Schema): boolean => roles.test(role);

export const schemaOf = (slug: string): string => `app_${slug}`;
export const slugIn = (schema: string): string => schema.slice("app_".length);

/** How the schema of an app is called that was removed and is still kept. */
export const awaySchema = (slug: string, removedAt: number): string => `gone_${slug}_${removedAt}`;
export const awayIn = (schema: string): { slug: string; removedAt: number } | null => {
  const [, slug = "", at = ""] = /^gone_(.+)_(\d+)$/.exec(schema) ?? [];
  return keptApp.read(keptApp.name({ slug, removedAt: Number(at) }));
};

/** How the schemas of all copies of an app's data begin. */
export const copiesOf = ({ role }: Pick<Schema, "role">): string =>
  `copy_${role.slice("milepost_app_".length)}_`;

/** Where the copy of an app's data under a label is. */
export const copySchema = (app: Pick<Schema, "role">, label: string): string =>
  `${copiesOf(app)}${createHash("sha256").update(label).digest("hex").slice(0, 16)}`;

/** The statements that make a schema with a role of its own, which owns it and sees no other; nobody can sign in as it. */
export const makeSchemaSql = ({ schema, role }: Schema): string =>
  `${makeRoleSql(role)}; CREATE SCHEMA "${schema}" AUTHORIZATION "${role}"`;

export const makeRoleSql = (role: string): string =>
  `CREATE ROLE "${role}" NOLOGIN NOINHERIT; GRANT "${role}" TO CURRENT_USER`;

/** The statement by which a schema says what its app is. It is part of the commit that makes it so. */
export const saySql = (schema: string, record: AppRecord): string =>
  `COMMENT ON SCHEMA "${schema}" IS '${JSON.stringify(record).replaceAll("'", "''")}'`;

const row = z.tuple([z.string(), z.string(), z.string().nullable()]);

/** The schemas whose names begin so, or the one that is called so, each with its owner and what it says. */
export const findSchemas = (line: Line, name: string, isBeginning: boolean): Found[] =>
  line
    .ask([
      {
        sql: `SELECT n.nspname::text, pg_get_userbyid(n.nspowner)::text, obj_description(n.oid, 'pg_namespace')
              FROM pg_namespace n WHERE ${isBeginning ? "starts_with(n.nspname::text, $1)" : "n.nspname = $1"} ORDER BY n.nspname::text COLLATE "C"`,
        values: [name],
      },
    ])
    .rows.flatMap((found) => {
      const [schema, role, said] = row.parse(found);
      return said === null ? [] : [{ schema, role, said, record: recordIn(said) }];
    });
