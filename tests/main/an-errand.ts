import { doErrand } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";

/** What a process that others' bytes have led astray may do, besides its work. */
export type Behaviour = "works" | "refuses" | "throws" | "grows" | "spins" | "exits";

const behaviours: Record<Behaviour, (tell: (progress: unknown) => void) => unknown> = {
  works: (tell) => {
    tell({ done: 1 });
    return { pid: process.pid };
  },
  refuses: () => {
    throw new AppError("remote-odd", "The file is damaged.", { detail: "at byte 3", canPass: true });
  },
  throws: () => {
    throw new TypeError("x is not a function");
  },
  grows: () => {
    const held: string[][] = [];
    for (;;) held.push(Array.from({ length: 100_000 }, (_, at) => `${held.length} ${at}`));
  },
  spins: () => {
    for (;;);
  },
  exits: () => process.exit(3),
};

doErrand(process, ({ behaviour }: { behaviour: Behaviour }, tell) => behaviours[behaviour](tell));
