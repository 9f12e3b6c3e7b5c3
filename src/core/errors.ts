import type { WayOn } from "./way-on.ts";

/** What went wrong, in one word for programs. Each has exactly one HTTP status, see `httpStatus`. */
export type ErrorCode =
  | "bad-input"
  | "bad-answer"
  | "not-signed-in"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "key-reused"
  | "locked"
  | "finalized"
  | "not-allowed-now"
  | "too-large"
  | "too-many"
  | "disk-full"
  | "store-busy"
  | "timed-out"
  | "cancelled"
  | "rejected"
  | "unreachable"
  | "remote-refused"
  | "remote-failed"
  | "remote-busy"
  | "remote-odd"
  | "items-failed"
  | "workflow-changed"
  | "workflow-broken"
  | "internal";

const statuses = {
  "bad-input": 400,
  "bad-answer": 422,
  "not-signed-in": 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "key-reused": 422,
  locked: 409,
  finalized: 409,
  "not-allowed-now": 409,
  "too-large": 413,
  "too-many": 429,
  "disk-full": 507,
  "store-busy": 503,
  "timed-out": 504,
  cancelled: 409,
  rejected: 409,
  unreachable: 502,
  "remote-refused": 502,
  "remote-failed": 502,
  "remote-busy": 503,
  "remote-odd": 502,
  "items-failed": 409,
  "workflow-changed": 409,
  "workflow-broken": 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** Errors that often pass by themselves, so that trying again makes sense without a person. */
const passing: ReadonlySet<ErrorCode> = new Set(["unreachable", "remote-busy", "timed-out", "store-busy"]);

/** What a proxy, a maintenance page or a restart in between makes of a good answer, too. */
const odd: ReadonlySet<ErrorCode> = new Set(["remote-odd", "remote-refused", "remote-failed", "not-found"]);

export interface AppErrorOptions {
  cause?: unknown;
  /** The form field that is wrong, for `bad-input` and `bad-answer`. */
  field?: string;
  /** Overrides the code's own rule on whether trying again may help. False: the other side's verdict, not an odd answer. */
  canPass?: boolean;
  /** The other side asked to be left alone for this long. */
  retryAfterMs?: number;
  /** More for the person to read: remote output, the body of an answer. Plain text. */
  detail?: string;
  /** The run that stands in the way (lock held). */
  runId?: string;
  /** Why it is not known whether what was told to stop really stopped. */
  unconfirmed?: string;
  /** Instead of trying again, which is what is recommended without it. Its sentence is added where the error is kept. */
  wayOn?: WayOn | undefined;
}

/** Said of a run that is not there, and of one that is not there for whoever asks. */
export const noRun = "There is no such run.";

/** The same of what starts runs by itself. */
export const noTrigger = "There is no such schedule or hook; it may have been removed.";

/** The same of a workflow. */
export const noWorkflow = (id: string): AppError =>
  new AppError("not-found", `There is no workflow “${id}”.`);

/** An error that we expected and that speaks to a person: its message is a whole sentence that may be shown as it is. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly canPass: boolean;
  /** It says nothing for sure: what answered so may answer as before at the next look. */
  readonly isOdd: boolean;
  /** Set where an answer is taken in, whatever became of it. */
  retryAfterMs: number | undefined;
  readonly detail: string | undefined;
  readonly runId: string | undefined;
  readonly unconfirmed: string | undefined;
  readonly wayOn: WayOn | undefined;

  constructor(code: ErrorCode, sentence: string, options: AppErrorOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.canPass = options.canPass ?? passing.has(code);
    this.isOdd = options.canPass === undefined && odd.has(code);
    this.retryAfterMs = options.retryAfterMs;
    this.detail = options.detail;
    this.runId = options.runId;
    this.unconfirmed = options.unconfirmed;
    this.wayOn = options.wayOn;
  }
}

/** Whether a word that came from elsewhere is one of our codes. */
export const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(statuses, word);

/** The HTTP status that goes with a code. */
export const httpStatus = (code: ErrorCode): (typeof statuses)[ErrorCode] => statuses[code];

/** What a person may be shown of any thrown value: expected errors in their own words, all others as "internal". */
export const toAppError = (thrown: unknown): AppError =>
  thrown instanceof AppError
    ? thrown
    : new AppError("internal", "Something went wrong inside Milepost. The server's log has the details.", {
        cause: thrown,
      });
