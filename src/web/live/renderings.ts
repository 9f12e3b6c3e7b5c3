import type { Counters } from "./counters.ts";
import { createLru } from "./lru.ts";

/** Fragments as bytes, kept for the newest few changes: more would only be asked for by pages that slept. */
const most = 500;

/** Renders each thing once, however many ask for it at the same time or later. */
export interface Renderings {
  once(key: string, render: () => Promise<string>): Promise<Uint8Array<ArrayBuffer>>;
}

export const createRenderings = (counters: Pick<Counters, "renders">): Renderings => {
  const kept = createLru<Uint8Array<ArrayBuffer>>(most);
  const encoder = new TextEncoder();
  return {
    once: (key, render) =>
      kept(key, async () => {
        counters.renders += 1;
        return encoder.encode(await render());
      }),
  };
};
