import { visibleHtml } from "#views/visible-html.ts";
import { type Encoded, encoded } from "#web/encoded.ts";
import type { Counters } from "./counters.ts";
import { createMadeOnce } from "./made-once.ts";

/** Fragments differ much in size, so bytes are counted and not fragments. */
const mostBytes = 16 * 1024 * 1024;

/** Renders each version of a thing once, however many ask for it at the same time or later. */
export interface Renderings {
  once(subject: string, version: string | number, render: () => Promise<string>): Promise<Encoded>;
}

export const createRenderings = (counters: Pick<Counters, "renders">): Renderings => {
  const newest = createMadeOnce<Encoded>(mostBytes, ({ plain }) => plain.length);
  return {
    once: (subject, version, render) =>
      newest(subject, version, async () => {
        counters.renders += 1;
        return encoded(visibleHtml(await render()));
      }),
  };
};
