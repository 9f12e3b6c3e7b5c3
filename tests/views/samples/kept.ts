import type { Kept } from "#core/kept.ts";
import { evil, now } from "./steps.ts";

const common = { keptAt: now - 9e6, keptBy: "Ada" };

/** One of each that people may keep. */
export const kept: readonly Kept[] = [
  {
    ...common,
    id: "k1",
    of: "botify-export",
    name: `Monday ${evil}`,
    what: { kind: "answers", beginning: { values: {}, mode: "automatic", former: {} } },
  },
  {
    ...common,
    id: "k2",
    of: "runs",
    name: `Failed ${evil}`,
    what: { kind: "list", query: { state: "failed" } },
  },
  { ...common, id: "k3", of: "botify-export", name: "Export", what: { kind: "workflow" } },
];
