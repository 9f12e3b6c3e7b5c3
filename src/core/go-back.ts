/** An answer that changes an earlier one: the run goes back to that step, whose form is filled in as it was answered. */
export class GoBack<Id extends string = string> {
  readonly goesBack = true;
  readonly to: Id;
  constructor(to: Id) {
    this.to = to;
  }
}
