import type { Hono } from "hono";
import { routes } from "#core/routes.ts";
import type { AppPlace } from "./place.ts";
import type { OpenApp } from "./registry.ts";
import { createGeneratedApp } from "./runtime/app.tsx";
import { askedBy } from "./runtime/asker.ts";
import type { Assets } from "./runtime/assets.ts";
import type { Clock } from "./runtime/clock.ts";
import type { ImportRows } from "./runtime/csv-read.ts";
import type { AppSchema } from "./runtime/schema.ts";

export interface AnsweringOptions {
  assets: Assets;
  clock: Clock;
  /** Left out where no import ever comes. */
  importRows?(at: AppPlace, schema: AppSchema): ImportRows;
  onError(error: unknown, slug: string): void;
}

/** Whoever asks an app. */
export interface Visitor {
  /** Whether they may change its rows. */
  mayChange: boolean;
  /** What they are called in the history of a row. */
  name: string;
}

/** Answers a request to an app, in this process. */
export type AnswerApp = (app: OpenApp, request: Request, visitor: Visitor) => Promise<Response>;

/** Apps as they are answered for, each below its own address, over its own database. An app is handed nothing of Milepost's but a clock and who asks. */
export const createAnswering = ({ assets, clock, importRows, onError }: AnsweringOptions): AnswerApp => {
  // By schema: a migrated, restored or replaced app has another one, in its own right.
  const built = { changing: new WeakMap<AppSchema, Hono>(), looking: new WeakMap<AppSchema, Hono>() };
  const appOf = ({ slug, schema, db, at }: OpenApp, mayChange: boolean): Hono => {
    const known = mayChange ? built.changing : built.looking;
    const there = known.get(schema);
    if (there !== undefined) return there;
    const app = createGeneratedApp({
      schema,
      db,
      base: routes.app.href({ slug }),
      assets,
      clock,
      ...(importRows === undefined ? {} : { importRows: importRows(at, schema) }),
      importAt: (table) => routes.workflow.href({ id: "import-rows" }, { into: `${slug}/${table}` }),
      mayChange,
      back: { href: routes.apps.href(), title: "Milepost" },
      onError: (error) => onError(error, slug),
    });
    known.set(schema, app);
    return app;
  };
  return async (app, request, { mayChange, name }) =>
    askedBy({ language: null, name }, () => appOf(app, mayChange).fetch(request));
};
