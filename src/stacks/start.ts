import type { AnyField, Given } from "#core/fields.ts";
import type { InJson } from "#core/json.ts";
import { start } from "#core/start.ts";
import type { StackBase } from "./input.ts";
import { type ServerChoice, stackLock } from "./server.ts";

type Named = ServerChoice & Pick<StackBase, "name">;

/** How runs that work on one stack are called, and what keeps two of them from each other, whatever they do with it. */
export const oneStack = {
  subject: ({ name, connectionName }: Named) => `${name} · ${connectionName}`,
  lock: stackLock,
};

/** What every deployment of a stack asks, and what becomes of one that fails. */
export const startDeployment = <const F extends AnyField, I extends StackBase>(
  asks: { fields: readonly F[]; input: (given: Given<F>) => Promise<I> } & InJson<I>,
) =>
  start<F, I>({
    ...asks,
    ...oneStack,
    submit: "Deploy",
    onFailure: ({ keepFailed }) => (keepFailed ? "stop" : "undo"),
  });
