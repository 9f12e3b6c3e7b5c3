import { AsyncLocalStorage } from "node:async_hooks";
import type { Workflow } from "#core/workflow.ts";

/** Knows whose code is at work. */
export interface Guests {
  /** Calls this as the code of that file. */
  as<T>(file: string, call: () => T): T;
  /** The workflow with each of its functions called as the code of that file. */
  ofFile(file: string, workflow: Workflow): Workflow;
  /** Whose code is at work where this is asked; null: Milepost's own. */
  atWork(): string | null;
}

export const createGuests = (): Guests => {
  const whose = new AsyncLocalStorage<string>();
  const as: Guests["as"] = (file, call) => whose.run(file, call);
  return {
    as,
    atWork: () => whose.getStore() ?? null,
    ofFile: (file, workflow) =>
      wrapped(
        workflow,
        (work) =>
          function (this: unknown, ...given) {
            return as(file, () => work.apply(this, given));
          },
      ) as Workflow,
  };
};

type Work = (this: unknown, ...given: unknown[]) => unknown;

/** A definition is plain objects, lists and functions; whatever else stands in it stays as it is. */
const wrapped = (value: unknown, wrap: (work: Work) => Work): unknown => {
  if (typeof value === "function") return wrap(value as Work);
  if (Array.isArray(value)) return value.map((one) => wrapped(one, wrap));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wrapped(one, wrap)]));
};
