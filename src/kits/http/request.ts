import type { DoContext } from "#core/step-context.ts";
import { giveFrom } from "#kits/gives.ts";
import { made } from "#kits/made.ts";
import type { Answer, Request, RequestOptions } from "./http-options.ts";
import { type Http, planOf, send } from "./sending.ts";

const graceMs = 30_000;
const usualLimitMs = 60_000;

export const createRequest =
  (http: Http): Request =>
  <I, R, T = unknown, K extends string = never>(options: RequestOptions<I, R, T, K>) => {
    const { already, undo, gives, readsOnly, safeBecause, whenInterrupted, detail, weightMs } = options;
    type Context = DoContext<I, R, K>;
    const resultOf = (answer: Answer): T =>
      gives === undefined ? ((answer.json ?? null) as T) : giveFrom(gives, answer, answer.text, "the answer");
    return made<I, R, T, K>({
      ...{ readsOnly, safeBecause, detail, weightMs },
      timeoutMs: (options.timeoutMs ?? usualLimitMs) + graceMs,
      run: async (ctx: Context) => {
        const answer = await send(http, options, options.send(ctx), ctx, { key: ctx.key });
        return resultOf(answer as Answer);
      },
      whenInterrupted:
        already === undefined
          ? whenInterrupted
          : async (ctx: Context) => {
              const answer = await send(http, options, { ...already(ctx), method: "GET" }, ctx, {
                maybe: true,
              });
              return answer === null
                ? { happened: false, checked: "It was asked for, and is not there." }
                : { happened: true, result: resultOf(answer), checked: "It was asked for, and is there." };
            },
      undo:
        undo === undefined
          ? undefined
          : async (ctx: Context & { result: T | undefined }) => {
              const gone = await send(http, options, undo(ctx), ctx, { key: ctx.key, maybe: true });
              ctx.log(gone === null ? "It was gone already." : `It was answered ${gone.status}.`);
            },
      plan: (ctx: Context) => planOf(options, options.send(ctx), ctx, "It would send:"),
    });
  };
