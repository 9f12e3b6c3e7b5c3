/**
 * An answer that changes an earlier one: the run goes back to that step, whose form is filled in as it was answered. `input` is what of the
 * run's input is another from then on, JSON; until what was made since is undone, steps see the former one. The run's lock stays what it is.
 */
export class GoBack<Id extends string = string> {
  readonly goesBack = true;
  readonly to: Id;
  readonly input: Readonly<Record<string, unknown>>;
  constructor(to: Id, input: Readonly<Record<string, unknown>> = {}) {
    this.to = to;
    this.input = input;
  }
}
