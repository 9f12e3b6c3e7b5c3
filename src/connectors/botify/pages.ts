import type { z } from "zod";
import type { Ask } from "#connectors/http/json-client.ts";
import { AppError } from "#core/errors.ts";
import type { ApiRequest } from "./botify.ts";
import { pageOf } from "./schemas.ts";

export type PageRequest = ApiRequest & { about: string; timeLimitMs?: number };

/** Enough for 100,000 rows of any list; a server that never ends its pages is not followed for ever. */
const mostPages = 1_000;

/**
 * The rows of all pages. `next` only says that there is one more: pages are asked by number on our own address,
 * so that an answer cannot send the token anywhere.
 */
export const pages = async function* <T extends z.ZodType>(
  ask: Ask,
  signal: AbortSignal,
  row: T,
  request: (page: number) => PageRequest,
) {
  const schema = pageOf(row);
  for (let page = 1; page <= mostPages; page++) {
    const question = request(page);
    const answer = await ask({ ...question, schema }, signal);
    yield* answer.results;
    if (answer.next == null || answer.next === "" || answer.results.length === 0) return;
    if (page === mostPages)
      throw new AppError(
        "remote-odd",
        `The list of ${question.about} does not end after ${mostPages} pages.`,
      );
  }
};

export const allOf = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};
