import { AppError } from "#core/errors.ts";
import { Threw } from "#core/threw.ts";

/** What an author handed to a kit, with each function of it known by its name where it throws: “gives”, “secrets.password”. */
export const named = <O extends object>(options: O, within = ""): O =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, known(value, `${within}${name}`)]),
  ) as O;

const known = (value: unknown, name: string): unknown => {
  if (typeof value === "function")
    return function (this: unknown, ...given: unknown[]): unknown {
      try {
        const gave: unknown = value.apply(this, given);
        return gave instanceof Promise ? gave.catch((thrown: unknown) => told(name, thrown)) : gave;
      } catch (thrown) {
        return told(name, thrown);
      }
    };
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? named(value, `${name}.`)
    : value;
};

const told = (name: string, thrown: unknown): never => {
  throw thrown instanceof AppError ? thrown : new Threw(name, thrown);
};
