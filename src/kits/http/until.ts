import { AppError } from "#core/errors.ts";
import type { WaitOptions } from "#core/workflow.ts";
import { giveFrom } from "#kits/gives.ts";
import type { Answer, Until, UntilOptions } from "./http-options.ts";
import { type Http, planOf, send } from "./sending.ts";

const hour = 3_600_000;

export const createUntil =
  (http: Http): Until =>
  <I, R, T, A = unknown, K extends string = never>(
    options: UntilOptions<I, R, T, A, K>,
  ): WaitOptions<I, R, T, K> => {
    const { gives, done, waiting, progress, everyMs = 2_000, limitMs = hour, detail, weightMs } = options;
    const read = (answer: Answer): A => {
      if (gives === undefined) return answer.json as A;
      try {
        return giveFrom(gives, answer, answer.text, "the answer");
      } catch (thrown) {
        throw typeof gives === "function" ? thrown : asLook(thrown);
      }
    };
    return {
      ...{ everyMs, maxEveryMs: 10 * everyMs, timeoutMs: limitMs },
      whilePaused: "What is waited for goes on by itself.",
      ...(detail === undefined ? {} : { detail }),
      ...(weightMs === undefined ? {} : { weightMs }),
      look: async (ctx) => {
        const seen = read((await send(http, options, options.look(ctx), ctx)) as Answer);
        const result = done(seen);
        const told = progress?.(seen);
        const counted = told === undefined ? {} : { progress: told };
        return result === null || result === undefined
          ? { waiting: waiting?.(seen) ?? "not yet", ...counted }
          : { done: result, ...counted };
      },
      plan: (ctx) =>
        planOf(options, options.look(ctx), ctx, "It would ask this again and again, until it is so:"),
    };
  };

/** What does not fit may be a page of maintenance: no verdict, but a look as any other until it lasts. */
const asLook = (thrown: unknown): unknown =>
  thrown instanceof AppError
    ? new AppError(thrown.code, thrown.message, {
        cause: thrown,
        ...(thrown.detail === undefined ? {} : { detail: thrown.detail }),
      })
    : thrown;
