import type { Claiming } from "#core/claim.ts";
import type { LookedProgress } from "#core/step.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions, WaitOptions } from "#core/workflow.ts";
import type { Gives } from "#kits/gives.ts";
import type { Asked } from "#kits/shell-options.ts";

/** One request. */
export interface Sent {
  /** Default: GET. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Part by part, below the address: whatever stands in one stays in it, be it a slash or a question mark. */
  path?: readonly (string | number)[];
  query?: Readonly<Record<string, string | number | boolean>>;
  /** What is sent, as JSON. */
  json?: unknown;
}

/** An answer with 2xx. */
export interface Answer {
  status: number;
  /** Undefined where it is no JSON. */
  json: unknown;
  text: string;
}

/** Who is asked, and as whom. */
export interface Talk<I, R, K extends string> {
  /** An address by http or https, below which all paths are: "https://shop.example/api". */
  to: string | ((asked: Asked<I, R>) => string);
  /** Shown in no plan and in no error. */
  headers?: (asked: Asked<I, R> & Pick<StepContext<I, R, K>, "secret">) => Readonly<Record<string, string>>;
  /** Default: a minute. */
  timeoutMs?: number;
}

interface RequestWork<I, R, T, K extends string> extends Talk<I, R, K> {
  send: (asked: Asked<I, R>) => Sent;
  /** Makes the result of the answer. Default: its JSON. */
  gives?: Gives<Answer, T>;
  /** A GET that is answered with 2xx where it is done already, and with 404 or 410 where it is not: after a crash, and before every other try. */
  already?: (asked: Asked<I, R>) => Sent;
  /** Removes what it made; 404 and 410 mean that it is gone. `result` is undefined where the step did not come to its end. */
  undo?: (asked: Asked<I, R> & { result: T | undefined }) => Sent;
  detail?: (result: T) => string;
  weightMs?: number;
}

export type RequestOptions<I, R, T, K extends string = never> = RequestWork<I, R, T, K> &
  Claiming<I, R, T, never>;

/** Makes do steps that ask an HTTP API one thing. What is not a GET bears the step's key as Idempotency-Key. */
export type Request = <I, R, T = unknown, K extends string = never>(
  options: RequestOptions<I, R, T, K>,
) => DoOptions<I, R, T, K>;

export interface UntilOptions<I, R, T, A, K extends string = never> extends Talk<I, R, K> {
  /** A GET. */
  look: (asked: Asked<I, R>) => Omit<Sent, "method" | "json">;
  /** Makes of the answer what the other functions are given. Default: its JSON. */
  gives?: Gives<Answer, A>;
  /** The result once it is done; null or undefined: not yet. Throw an AppError with `canPass: false` where it never will be. */
  done: (answer: A) => T | null | undefined;
  /** The other side's own word for how it is. */
  waiting?: (answer: A) => string;
  progress?: (answer: A) => LookedProgress | undefined;
  /** Between looks; it grows by half each time, up to ten times as long. Default: two seconds. */
  everyMs?: number;
  /** Default: an hour. */
  limitMs?: number;
  detail?: (result: T) => string;
  weightMs?: number;
}

/** Makes wait steps that ask an HTTP API again and again until something is so. */
export type Until = <I, R, T, A = unknown, K extends string = never>(
  options: UntilOptions<I, R, T, A, K>,
) => WaitOptions<I, R, T, K>;
