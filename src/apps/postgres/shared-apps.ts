import { copyRows, sumsOf } from "#apps/copy-rows.ts";
import { hasRows } from "#apps/has-rows.ts";
import type { AppRegistry, Migration, OpenApp } from "#apps/registry.ts";
import { createIndexes, tablesSql } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { isReferredTo } from "#apps/runtime/failures.ts";
import { type AppSchema, appSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { keptApp } from "#core/kept-app.ts";
import { answering } from "./answering.ts";
import { functionsSchema, openAppDatabase, type Schema } from "./app-database.ts";
import { openAwake } from "./awake.ts";
import { copiesIn, keepCopyOf, takeCopyOver } from "./copies.ts";
import { postgres, withoutReference } from "./dialect.ts";
import { fenceIn } from "./fence-in.ts";
import { makeFunctions } from "./functions.ts";
import { type Line, LineError, openLine } from "./line.ts";
import {
  awayIn,
  awaySchema,
  copySchema,
  type Found,
  findSchemas,
  isFenced,
  makeSchemaSql,
  newRole,
  saySql,
  schemaOf,
  slugIn,
} from "./schemas.ts";
import { toPostgres } from "./to-postgres.ts";

/** Whoever answers people is held up no longer than this by a database that is silent. */
const mostSilentMs = 5_000;

interface SharedApp extends OpenApp {
  at: Schema & { database: string };
}

/** The apps whose tables are in the PostgreSQL at `database`, for every node the same. `now` is milliseconds since 1970. */
export const createSharedApps = ({ database, now }: { database: string; now(): number }): AppRegistry => {
  const line = answering(openLine(database, mostSilentMs));
  const watch = openAwake(database);
  let isReady = false;
  const held = new Map<string, Found & { db: AppDatabase }>();

  /** The functions are there before the first app is. */
  const ready = (): Line => {
    if (!isReady) makeFunctions(line);
    isReady = true;
    return line;
  };

  const opened = (found: Found): SharedApp => {
    const slug = slugIn(found.schema);
    const fenced = isFenced(found) ? found : fenceIn(ready(), found);
    const before = held.get(slug);
    // What is drawn from a plan is kept with the plan, so the same one stays the same.
    const one =
      before?.role === fenced.role && before.said === fenced.said
        ? before
        : { ...fenced, db: before?.role === fenced.role ? before.db : openAppDatabase(ready(), fenced) };
    held.set(slug, one);
    const { schema, role } = one;
    return { slug, db: one.db, at: { database, schema, role }, ...one.record };
  };

  const find = (slug: string): SharedApp | null => {
    if (!isSlug(slug)) return null;
    const [found] = findSchemas(line, schemaOf(slug), false);
    if (found !== undefined) return opened(found);
    held.delete(slug);
    return null;
  };

  const open = (slug: string): SharedApp => {
    const app = find(slug);
    if (app === null) throw new AppError("not-found", `There is no app “${slug}”.`);
    return app;
  };

  const removed = () =>
    findSchemas(line, "gone_", true)
      .flatMap((found) => {
        const away = awayIn(found.schema);
        return away === null ? [] : [{ ...away, title: record(found).schema.title, found }];
      })
      .sort((one, other) => other.removedAt - one.removedAt);

  const forget = (found: Found): void => {
    const { schema, role } = found;
    // One that was restored without its role belongs to whoever restored it, as much else does.
    const all = isFenced(found)
      ? `DROP OWNED BY "${role}" CASCADE; DROP ROLE "${role}"`
      : `DROP SCHEMA "${schema}" CASCADE`;
    line.ask([{ sql: `BEGIN; ${all}; COMMIT` }]);
  };

  const create = (schema: AppSchema, madeBy: string): SharedApp => {
    const there = find(schema.app);
    if (there !== null && there.madeBy === madeBy) return there;
    const taken = () =>
      new AppError(
        "conflict",
        `There is an app “${schema.app}” already. Choose another address for this one.`,
      );
    if (there !== null) throw taken();
    const at = { schema: schemaOf(slugOf(schema.app)), role: newRole() };
    try {
      ready().ask([
        { sql: `BEGIN; ${makeSchemaSql(at)}` },
        { sql: `SET LOCAL ROLE "${at.role}"; SET LOCAL search_path TO "${at.schema}", ${functionsSchema}` },
        ...tablesSql(postgres, schema).map((sql) => ({ sql: toPostgres(sql) })),
        { sql: saySql(at.schema, { schema, madeBy, createdAt: now() }) },
        { sql: "COMMIT" },
      ]);
    } catch (error) {
      // Another node was quicker.
      if (error instanceof LineError && /^(?:42P06|23505)$/.test(error.code)) throw taken();
      throw error;
    }
    return open(schema.app);
  };

  return {
    dialect: postgres,
    find,
    open,
    list: ({ after = "", limit }, of) => {
      const rest = findSchemas(line, "app_", true).filter(({ schema }) => slugIn(schema) > after);
      const last = rest[limit - 1];
      return {
        rows: rest.slice(0, limit).map((found) => of(opened(found))),
        damaged: [],
        next: rest.length > limit && last !== undefined ? slugIn(last.schema) : null,
      };
    },
    titles: () =>
      findSchemas(line, "app_", true).map((found) => {
        const { title, tables } = record(found).schema;
        return {
          slug: slugIn(found.schema),
          title,
          tables: Object.entries(tables).map(([name, table]) => ({ name, title: table.title })),
        };
      }),
    create,
    migrate: (slug, migration) => {
      const app = open(slug);
      migrated(app, migration);
      return open(slug);
    },
    keepCopy: (slug, label) => {
      const { at, schema } = open(slug);
      keepCopyOf(line, at, schema, label);
    },
    copies: (slug) => copiesIn(line, open(slug).at),
    takeCopy: (slug, copy) => takeCopyOver(line, open(slug).at, copy),
    remove: (slug, madeBy) => {
      const app = find(slug);
      if (app === null || (madeBy !== undefined && app.madeBy !== madeBy)) return false;
      const [found] = findSchemas(line, schemaOf(slug), false);
      if (found === undefined) return false;
      if (hasRows(app)) putAway(line, slug, now());
      else forget(found);
      held.delete(slug);
      return true;
    },
    removed: () => removed().map(({ slug, title, removedAt }) => ({ slug, title, removedAt })),
    bringBack: (slug) => {
      const last = removed().find((one) => one.slug === slug);
      if (last === undefined) throw new AppError("not-found", `No app “${slug}” is kept that was removed.`);
      if (find(slug) !== null)
        throw new AppError("conflict", `There is another app at /apps/${slug}/ now. Remove that one first.`);
      rename(line, last.found.schema, schemaOf(slug));
      return open(slug);
    },
    take: (from) => {
      const { schema, madeBy, createdAt } = from;
      const app = create(schema, madeBy);
      if (hasRows(app)) return { app, sums: sumsOf(app.db, schema) };
      const references = Object.entries(schema.tables).flatMap(([name, table]) =>
        postgres.referencesSql(name, table),
      );
      const sums = app.db
        .transaction(() => {
          // Rows come in the order in which they were made, whatever refers to what.
          for (const sql of references) app.db.exec(withoutReference(sql));
          const copied = copyRows(from.db, app.db, schema);
          for (const sql of references) app.db.exec(sql);
          createIndexes(app.db, schema);
          app.db.exec(saySql(schemaOf(from.slug), { schema, madeBy, createdAt }));
          return copied;
        })
        .immediate();
      return { app: open(from.slug), sums };
    },
    forgetRemoved: () => {
      const since = now() - keptApp.days * 86_400_000;
      for (const { removedAt, found } of removed()) if (removedAt < since) forget(found);
    },
    awake: watch.awake,
    close: () => [watch, line].map((one) => one.close()),
  };
};

const record = ({ record: { schema } }: Found) => ({ schema });

const putAway = (line: Line, slug: string, removedAt: number): void => {
  let at = removedAt;
  while (findSchemas(line, awaySchema(slug, at), false).length > 0) at += 1;
  rename(line, schemaOf(slug), awaySchema(slug, at));
};

const rename = (line: Line, from: string, to: string): void => {
  line.ask([{ sql: `ALTER SCHEMA "${from}" RENAME TO "${to}"` }]);
};

const migrated = (
  { slug, db, at, schema, madeBy, createdAt }: SharedApp,
  { from, to, apply, copy }: Migration,
): void => {
  if (to.app !== slug) throw new AppError("bad-input", "An app keeps its address when it changes.");
  try {
    db.transaction(() => {
      const said = db.prepare("SELECT obj_description(current_schema()::regnamespace, 'pg_namespace')");
      const now = JSON.parse(String(said.pluck().get())) as { schema: unknown };
      if (JSON.stringify(now.schema) !== JSON.stringify(from))
        throw new AppError("conflict", `“${schema.title}” was changed meanwhile.`, {
          wayOn: { back: "plan", why: "to plan this change once more" },
        });
      apply(db, copy === undefined ? null : `"${copySchema(at, copy)}"`);
      db.exec(saySql(at.schema, { schema: to, madeBy, createdAt }));
    }).immediate();
  } catch (error) {
    if (!(error instanceof LineError && isReferredTo(error))) throw error;
    throw new AppError(
      "conflict",
      `Rows of “${error.table}” would point to rows that are gone, so nothing was changed.`,
      {
        cause: error,
      },
    );
  }
};

const isSlug = (name: string): boolean => appSchema.shape.app.safeParse(name).success;

const slugOf = (slug: string): string => appSchema.shape.app.parse(slug);
