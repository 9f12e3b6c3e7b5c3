import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { Threw } from "#core/threw.ts";
import type { Shape } from "./shapes.ts";
import { Stop } from "./stop.ts";
import { thrownWords } from "./thrown-words.ts";

/** How a call of an author's function ended. */
export type Called<T> =
  | { kind: "value"; value: T }
  /** What it threw where that was expected, or a sentence that names the function. */
  | { kind: "error"; error: AppError }
  /** Told to stop; `unconfirmed` says why it is not known that the work really ended, null when it is. */
  | { kind: "stopped"; why: Stop["why"]; unconfirmed: string | null; tookMs: number };

export interface Call<T> {
  /** Whose function it is: a step's or the workflow's title. */
  of: string;
  /** The function's name as the author wrote it: "run", "detail". */
  name: string;
  /** What it has to give; see shapes.ts. */
  shape: Shape<T>;
  run(signal: AbortSignal): unknown;
  /** Fires with a Stop when the work has to end; without it nobody breaks the call off. */
  signal?: AbortSignal;
  /** Null: no limit. */
  limitMs: number | null;
  /** How long it has to end after it was told to. */
  graceMs: number;
}

type AuthorDeps = { clock: Clock; log: Log; confirmHeld?(): Promise<void> | null };

/**
 * Calls a function that an author wrote: the only place where that is done, and never inside a transaction. It gets a signal that fires
 * when the work has to end and at the time limit; then it has `graceMs`, after which it is left behind and its result, should it ever
 * come, is ignored. A value that arrives within the grace counts: what happened, happened. Whatever it throws, or gives in a wrong
 * shape, becomes an AppError with a sentence.
 */
export const callAuthor = async <T>(
  { clock, log, confirmHeld }: AuthorDeps,
  call: Call<T>,
): Promise<Called<T>> => {
  const { signal, limitMs, graceMs } = call;
  // What is begun too late might be what another worker has done meanwhile.
  const confirming = confirmHeld?.() ?? null;
  if (confirming !== null) await confirming;
  if (signal?.reason instanceof Stop)
    return { kind: "stopped", why: signal.reason.why, unconfirmed: null, tookMs: 0 };
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const cancelLimit =
    limitMs === null ? () => {} : clock.after(limitMs, () => own.abort(tooLong(call, limitMs)));

  let cancelGrace = () => {};
  let abortedAt: number | null = null;
  const leftBehind = new Promise<"left-behind">((resolve) => {
    own.signal.addEventListener(
      "abort",
      () => {
        abortedAt = clock.now();
        cancelGrace = clock.after(graceMs, () => resolve("left-behind"));
      },
      { once: true },
    );
  });
  const working = (async () => call.run(own.signal))().then(
    (value) => ({ kind: "value", value }) as const,
    (thrown: unknown) => ({ kind: "thrown", thrown }) as const,
  );
  const ended = await Promise.race([working, leftBehind]);
  cancelLimit();
  cancelGrace();
  signal?.removeEventListener("abort", abort);

  if (ended !== "left-behind" && ended.kind === "value") return shaped(call, ended.value, log);
  const reason: unknown = own.signal.aborted ? own.signal.reason : null;
  const thrown = ended === "left-behind" ? null : ended.thrown;
  const told = thrown instanceof AppError ? thrown : null;
  const unconfirmed = ended === "left-behind" ? leftBehindSentence : (told?.unconfirmed ?? null);
  if (reason instanceof Stop) {
    const tookMs = clock.now() - (abortedAt ?? clock.now());
    return { kind: "stopped", why: reason.why, unconfirmed, tookMs };
  }
  if (reason instanceof AppError) {
    if (ended === "left-behind") return { kind: "error", error: notConfirmed(reason) };
    // At the time limit a step that can tell what became of its work knows more than we do; that it was called off is no news.
    if (told === null) return { kind: "error", error: reason };
    return { kind: "error", error: told.code === "cancelled" ? calledOff(reason, told) : told };
  }
  return { kind: "error", error: told ?? broken(call, thrown, log) };
};

/** The same for the short functions that only turn values into others: gives the value or throws the AppError. */
export const askAuthor = async <T>(
  deps: AuthorDeps,
  call: Omit<Call<T>, "signal" | "graceMs" | "run"> & { run(signal: AbortSignal): unknown },
): Promise<T> => {
  const called = await callAuthor(deps, { ...call, graceMs: 0 });
  if (called.kind === "value") return called.value;
  throw called.kind === "error" ? called.error : new Stop(called.why);
};

const leftBehindSentence =
  "It did not end within the time it was given. It may still be at work; what it does from now on is not recorded.";

const tooLong = ({ of, name }: Call<unknown>, limitMs: number): AppError =>
  new AppError(
    "timed-out",
    name === "run" || name === "look" || name === "undo"
      ? `It took longer than ${spanOf(limitMs)} and was stopped.`
      : `“${of}”: its function “${name}” did not end within ${spanOf(limitMs)} and was stopped.`,
  );

const spanOf = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`);

const notConfirmed = (reason: AppError): AppError =>
  new AppError(reason.code, `${reason.message} Whether it really stopped could not be confirmed.`, {
    canPass: false,
  });

/** Why it was called off, with what it could say of its end. */
const calledOff = ({ code, message }: AppError, { unconfirmed, canPass, detail }: AppError): AppError =>
  new AppError(code, unconfirmed === undefined ? message : `${message} ${unconfirmed}`, { canPass, detail });

/** A mistake of the workflow's author, or of ours: told once, in words that name the place, and never tried again by itself. */
const broken = ({ of, ...call }: Call<unknown>, from: unknown, log: Log): AppError => {
  const [name, thrown] = from instanceof Threw ? [from.called, from.thrown] : [call.name, from];
  const words = thrownWords(thrown);
  try {
    log.error({ err: thrown, of, function: name }, "a function of a workflow threw");
  } catch {
    // To write down what it is runs the author's code, which threw again.
    log.error({ of, function: name, threw: words }, "a function of a workflow threw");
  }
  return new AppError("workflow-broken", `“${of}”: its function “${name}” threw ${sentence(words)}`, {
    cause: thrown,
  });
};

const sentence = (words: string): string => (/[.!?…]$/.test(words) ? words : `${words}.`);

const shaped = <T>(call: Call<T>, value: unknown, log: Log): Called<T> => {
  const read = readShape(call, value);
  if (read.problem === null) return { kind: "value", value: read.value };
  const sentence = `“${call.of}”: its function “${call.name}” gave ${read.problem}`;
  log.error({ of: call.of, function: call.name }, sentence);
  return { kind: "error", error: new AppError("workflow-broken", sentence) };
};

/** Looking at a value may run the author's code too: a getter, a proxy. */
const readShape = <T>({ shape }: Call<T>, value: unknown): ReturnType<Shape<T>> => {
  try {
    return shape(value);
  } catch (thrown) {
    return { problem: `a value that cannot be read: ${thrownWords(thrown)}` };
  }
};
