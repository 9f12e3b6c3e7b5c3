import type { AppErrorOptions } from "#core/errors.ts";

/** Of an error that no further try can mend, because there is no job at Botify whose file could be fetched. */
export const orderAnew = {
  canPass: false,
  wayOn: { back: "confirm", why: "to order the export anew" },
} as const satisfies AppErrorOptions;
