import type { GoBack } from "./go-back.ts";
import type { Reject } from "./reject.ts";
import type { Skip } from "./skip.ts";

/**
 * A demand on T, joined to what gives one: that it goes through JSON unchanged. Refused are Date, Map, functions, BigInt and `undefined` in
 * a list; `undefined` as the value of a property stands for its absence. The name of the property is what the compiler says.
 */
export type InJson<T> = Demand<Inferred<T>>;

/** T, without being a place to infer it from; NoInfer would stay wrapped around it. */
type Inferred<T> = [T][T extends unknown ? 0 : never];

type Demand<T> = unknown extends T
  ? unknown // Not known, or not yet: it is looked at when it is recorded.
  : [Extract<T, GoBack>] extends [never]
    ? [T] extends [Jsonable<T>]
      ? unknown
      : { readonly "This must go through JSON unchanged: no Date, Map, function or BigInt": never }
    : { readonly "GoBack must name an earlier step": never };

type Jsonable<T> = T extends string | number | boolean | null | undefined | Nothing
  ? T
  : T extends ((...given: never) => unknown) | bigint | symbol | Skip<unknown> | Reject | GoBack
    ? never
    : T extends readonly (infer E)[]
      ? undefined extends E
        ? never
        : { [K in keyof T]: Jsonable<T[K]> }
      : T extends object
        ? { [K in keyof T]: K extends string ? Jsonable<T[K]> : never }
        : never;

/** As a later step finds it: nothing is kept as `null`. */
export type Kept<T> = [T] extends [never]
  ? never
  : undefined extends T
    ? Exclude<T, undefined | Nothing> | null
    : T;

type Nothing = ReturnType<() => void>;
