/** A step that had nothing to do: it ends as `skipped` with the reason, never as `completed`. */
export class Skip<T> {
  readonly reason: string;
  readonly result: T;
  constructor(reason: string, result: T) {
    this.reason = reason;
    this.result = result;
  }
}

/** An answer that refuses what was asked: the step fails with this reason, which may be "", and nothing after it happens. */
export class Reject {
  /** Tells it from an answer that happens to have the same shape, for the compiler too. */
  readonly rejects = true;
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** An answer that changes an earlier one: the run goes back to that step, whose form is filled in as it was answered. */
export class GoBack<Id extends string = string> {
  readonly goesBack = true;
  readonly to: Id;
  constructor(to: Id) {
    this.to = to;
  }
}
