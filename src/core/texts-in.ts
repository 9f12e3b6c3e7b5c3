/** Every text in a value of any shape, also in lists and objects of it. */
export function* textsIn(given: unknown): Generator<string> {
  if (typeof given === "string") yield given;
  else if (given instanceof Object) for (const value of Object.values(given)) yield* textsIn(value);
}
