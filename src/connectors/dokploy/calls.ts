import type { z } from "zod";
import type { Ask } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import { anything } from "./schemas.ts";

type Body = Readonly<Record<string, unknown>>;

/** The few ways in which Dokploy is asked. `about` completes the sentence “could not …”. */
export interface Calls {
  get<T extends z.ZodType>(
    call: string,
    about: string,
    schema: T,
    signal: AbortSignal,
    query?: Readonly<Record<string, string>>,
  ): Promise<z.output<T>>;
  /** A call whose effect must not happen twice. */
  make<T extends z.ZodType>(
    call: string,
    about: string,
    schema: T,
    body: Body,
    signal: AbortSignal,
  ): Promise<z.output<T>>;
  /** The same, when its answer says nothing. */
  order(call: string, about: string, body: Body, signal: AbortSignal): Promise<void>;
  /** A call that leads to the same state however often it is made, and whose answer is not needed. */
  set(call: string, about: string, body: Body, signal: AbortSignal): Promise<void>;
}

export const createCalls = (ask: Ask, base: URL): Calls => ({
  get: (call, about, schema, signal, query = {}) => {
    const url = new URL(call, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return ask({ method: "GET", url, schema, about }, signal);
  },
  make: (call, about, schema, body, signal) =>
    ask({ method: "POST", url: new URL(call, base), body, schema, about }, signal),
  order: async (call, about, body, signal) => {
    await ask(
      { method: "POST", url: new URL(call, base), body, schema: anything, about, empty: true },
      signal,
    );
  },
  set: async (call, about, body, signal) => {
    const url = new URL(call, base);
    await ask({ method: "POST", url, body, schema: anything, about, repeatable: true, empty: true }, signal);
  },
});

export const linesOf = (log: string): string[] => log.split(/\r?\n/).filter((line) => line.trim() !== "");

/** Removing what is gone already is what was wanted. Whether it is really gone, those who must know look up. */
export const gone = async (removing: Promise<void>): Promise<void> => {
  try {
    await removing;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
  }
};
