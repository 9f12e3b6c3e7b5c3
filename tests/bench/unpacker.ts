import { unpackCsv } from "#connectors/botify/unpack.ts";

/** What is to be unpacked, and to where. */
export interface Packed {
  from: string;
  to: string;
}

// A process of its own, as errands are, without a loader: one that keeps the names of functions makes them twice as slow.
process.on("message", ({ from, to }: Packed) => {
  const { signal } = new AbortController();
  void unpackCsv({ from, to, signal, maxBytes: 1e10, maxRatio: 200 }).then(() => process.send?.("done"));
});
