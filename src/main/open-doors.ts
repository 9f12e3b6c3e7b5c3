import { createApp, createAppsSite } from "#web/app.ts";
import type { WebDeps } from "#web/deps.ts";
import type { Counters } from "#web/live/counters.ts";
import type { Config } from "./config.ts";
import { type Listening, listen } from "./listen.ts";

interface DoorsOptions extends Pick<Config, "host" | "port" | "apps"> {
  web: Omit<WebDeps, "appsOrigin">;
  counters: Counters;
  others: Parameters<typeof createApp>[2];
}

/** Lets people in, at one port or, where generated apps have an origin of their own, at two. */
export const openDoors = async ({
  web,
  counters,
  others,
  host,
  port,
  apps,
}: DoorsOptions): Promise<Listening> => {
  if (apps === null)
    return listen({ app: createApp({ ...web, appsOrigin: null }, counters, others), host, port });
  const milepost = { port, url: web.publicUrls[0] ?? null };
  const appsOrigin = { apps: { ...apps }, milepost };
  const deps: WebDeps = { ...web, appsOrigin };
  const theirs = await listen({ app: createAppsSite(deps, counters, appsOrigin), host, port: apps.port });
  appsOrigin.apps.port = portOf(theirs);
  try {
    const ours = await listen({ app: createApp(deps, counters, others), host, port });
    milepost.port = portOf(ours);
    return {
      origin: ours.origin,
      close: () => {
        ours.close();
        theirs.close();
      },
    };
  } catch (error) {
    theirs.close();
    throw error;
  }
};

const portOf = ({ origin }: Listening): number => Number(new URL(origin).port);
