/** What went wrong, in one word for programs. Each has exactly one HTTP status. */
export const refusals = {
  "bad-input": 400,
  forbidden: 403,
  "not-found": 404,
  "not-allowed": 405,
  conflict: 409,
  "changed-meanwhile": 412,
  "too-large": 413,
  busy: 503,
  internal: 500,
} as const;
export type RefusalCode = keyof typeof refusals;

/** A request that cannot be met, as a whole sentence for a person. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** The column that is wrong. */
  readonly field: string | undefined;

  constructor(code: RefusalCode, sentence: string, field?: string) {
    super(sentence);
    this.code = code;
    this.field = field;
  }
}
