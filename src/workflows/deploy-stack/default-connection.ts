import type { Connection } from "#core/connection.ts";

/** The connection that is meant when none is named: a person's own before this machine's. */
export const defaultConnection = (all: readonly Connection[]): string | undefined =>
  (all.find((one) => !one.builtIn) ?? all[0])?.id;
