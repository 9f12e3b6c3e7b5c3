import { randomUUID } from "node:crypto";
import type { Apart } from "#apps/apart.ts";
import { createAskPage } from "#apps/app-page.ts";
import type { Assets } from "#apps/runtime/assets.ts";
import type { Clock } from "#core/clock.ts";
import type { Host } from "#workflows/host.ts";

export interface HostDeps extends Omit<Host, "page"> {
  appsApart: Apart;
  assets: Assets;
  clock: Clock;
}

/** What workflows are handed, of what this server has. */
export const createHost = ({ appsApart, assets, clock, ...parts }: HostDeps): Host => ({
  ...parts,
  page: createAskPage({
    ...{ apps: parts.apps, appsApart, assets },
    clock: { now: clock.now, newId: randomUUID },
  }),
});
