import { AppError, type AppErrorOptions, type ErrorCode } from "./errors.ts";

/** Work on bytes that others sent. It is done in a process of its own, so that it can neither hold up nor bring down the one that asks. */
export interface Errand {
  /** The file that the process runs; it hands its work to `doErrand`. */
  entry: URL;
  /** Plain data. */
  order: object;
  /** The beginning of the sentence that says why nothing came of it: "The file could not be unpacked". */
  failure: string;
  /** Of JavaScript objects; beyond it the process ends. */
  memoryMb: number;
  /** From its start to its result; beyond it the process is killed. */
  timeLimitMs: number;
  /** Killed when nothing was heard of it for so long, for work that pauses for breath; work in one go says nothing until its end. */
  silentMs?: number;
  signal?: AbortSignal;
  /** The newest of what it tells on the way, a few times a second. */
  onProgress?(progress: unknown): void;
}

export interface Errands {
  /**
   * Resolves with what the work gives back. Rejects with the AppError that it threw; with AppError("too-large") when its process ended before
   * it did, whatever ended it; with the signal's reason, and then the process is gone.
   */
  run<Result>(errand: Errand): Promise<Result>;
}

/** What the process of an errand tells. */
export type ErrandAnswer =
  | { progress: unknown }
  | { result: unknown }
  | { refused: ErrorCode; sentence: string; options: AppErrorOptions }
  | { failed: string };

/** The process that an errand runs in, as it sees itself. */
type OwnProcess = Pick<NodeJS.Process, "once" | "send" | "disconnect">;

const tellEveryMs = 200;

/** What the process of an errand does: it waits for its order, does the work once, tells how it ended, and ends. */
export const doErrand = <Order, Result>(
  own: OwnProcess,
  work: (order: Order, tell: (progress: unknown) => void) => Promise<Result> | Result,
): void => {
  const say = (answer: ErrandAnswer) =>
    new Promise<void>((resolve) => own.send?.(answer, undefined, undefined, () => resolve()));
  let toldAt = 0;
  const tell = (progress: unknown) => {
    if (Date.now() - toldAt < tellEveryMs) return;
    toldAt = Date.now();
    void say({ progress });
  };
  own.once("message", async (order) => {
    await say(await answered(async () => ({ result: await work(order as Order, tell) })));
    own.disconnect?.();
  });
};

const answered = async (work: () => Promise<ErrandAnswer>): Promise<ErrandAnswer> => {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof AppError))
      return { failed: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
    const { code, message, field, canPass, retryAfterMs, detail } = thrown;
    const options = { canPass, ...given({ field, retryAfterMs, detail }) };
    return { refused: code, sentence: message, options };
  }
};

const given = (options: { [Name in keyof AppErrorOptions]: AppErrorOptions[Name] | undefined }) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as AppErrorOptions;
