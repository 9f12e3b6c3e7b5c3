/** A step that had nothing to do: it ends as `skipped` with the reason, never as `completed`. */
export class Skip<T> {
  readonly reason: string;
  readonly result: T;
  constructor(reason: string, result: T) {
    this.reason = reason;
    this.result = result;
  }
}
