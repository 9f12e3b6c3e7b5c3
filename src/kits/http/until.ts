import { AppError } from "#core/errors.ts";
import { ended } from "#core/sentence.ts";
import { Threw } from "#core/threw.ts";
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
    const seenIn = (answer: Answer): A =>
      gives === undefined ? (answer.json as A) : giveFrom(gives, answer, answer.text, "the answer");
    /** What the author's functions make of an answer. */
    const tell = (answer: Answer) => {
      const seen = seenIn(answer);
      const result = done(seen);
      const told = progress?.(seen);
      const counted = told === undefined ? {} : { progress: told };
      return result === null || result === undefined
        ? { waiting: waiting?.(seen) ?? "not yet", ...counted }
        : { done: result, ...counted };
    };
    return {
      ...{ everyMs, maxEveryMs: 10 * everyMs, timeoutMs: limitMs },
      whilePaused: "What is waited for goes on by itself.",
      ...(detail === undefined ? {} : { detail }),
      ...(weightMs === undefined ? {} : { weightMs }),
      look: async (ctx) => {
        const answer = (await send(http, options, options.look(ctx), ctx)) as Answer;
        try {
          return tell(answer);
        } catch (thrown) {
          throw asLook(thrown, answer);
        }
      },
      plan: (ctx) =>
        planOf(options, options.look(ctx), ctx, "It would ask this again and again, until it is so:"),
    };
  };

/** What does not fit may be a page of maintenance, whoever finds that out: no verdict, but a look as any other until it lasts. */
const asLook = (thrown: unknown, { json, text }: Answer): unknown => {
  if (thrown instanceof AppError) {
    const { code, message, detail } = thrown;
    return new AppError(code, message, { cause: thrown, ...(detail === undefined ? {} : { detail }) });
  }
  const fault = thrown instanceof Threw ? thrown.thrown : thrown;
  // What reading a field of nothing, or what is no JSON, throws. Another error is the author's word that it went wrong.
  if (!(fault instanceof TypeError || fault instanceof SyntaxError)) return thrown;
  const what = json === undefined ? "is no JSON" : "is not what it should be";
  return new AppError("remote-odd", `What the answer says ${what}: ${ended(fault.message)}`, {
    ...{ cause: fault, detail: text.slice(0, 400) },
  });
};
