/** What a function threw that its author handed to a kit: sentences name that function, and not the one of the kit that called it. */
export class Threw extends Error {
  readonly called: string;
  readonly thrown: unknown;

  constructor(called: string, thrown: unknown) {
    super(`“${called}” threw`, { cause: thrown });
    this.called = called;
    this.thrown = thrown;
  }
}
