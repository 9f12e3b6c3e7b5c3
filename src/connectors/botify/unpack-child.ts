import { doErrand } from "#core/errand.ts";
import { type UnpackOptions, unpackCsv } from "./unpack.ts";

// It is killed when it shall stop.
const { signal } = new AbortController();

doErrand(process, (order: Omit<UnpackOptions, "signal" | "onProgress">, onProgress) =>
  unpackCsv({ ...order, signal, onProgress }),
);
