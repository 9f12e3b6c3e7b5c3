/** An answer that refuses what was asked: the step fails with this reason, which may be "", and nothing after it happens. */
export class Reject {
  /** Tells it from an answer that happens to have the same shape, for the compiler too. */
  readonly rejects = true;
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}
