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
    const read = (answer: Answer): A =>
      gives === undefined ? (answer.json as A) : giveFrom(gives, answer, answer.text, "the answer");
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
