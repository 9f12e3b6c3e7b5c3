import { type App, createApp, createAppsSite } from "#web/app.ts";
import { createAppsHosts } from "#web/apps-hosts.ts";
import { appsAtHosts, appsAtPort } from "#web/apps-origin.ts";
import type { Gated } from "#web/gates.ts";
import type { Counters } from "#web/live/counters.ts";
import type { Config } from "./config.ts";
import { type Listening, listen } from "./listen.ts";

interface DoorsOptions extends Pick<Config, "host" | "port" | "apps"> {
  web: Omit<Gated, "appsOrigin">;
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
  if ("hostsBelow" in apps)
    return listen({ app: byHost({ web, counters, others }, apps.hostsBelow), host, port });
  const milepost = { port, url: web.publicUrls[0] ?? null };
  const place = { ...apps };
  const appsOrigin = appsAtPort(place, milepost);
  const deps: Gated = { ...web, appsOrigin };
  const theirs = await listen({ app: createAppsSite(deps, counters, appsOrigin), host, port: apps.port });
  place.port = portOf(theirs);
  try {
    const ours = await listen({ app: createApp(deps, counters, others), host, port });
    milepost.port = portOf(ours);
    return {
      ...ours,
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

/** One port for Milepost and its apps, told from each other by the name that was asked for. */
const byHost = (
  { web, counters, others }: Pick<DoorsOptions, "web" | "counters" | "others">,
  hostsBelow: URL,
): Pick<App, "front"> & { router: Pick<App["router"], "fetch"> } => {
  const [milepost] = web.publicUrls;
  if (milepost === undefined) throw new Error("apps have host names of their own, and Milepost has none");
  const hosts = appsAtHosts(hostsBelow, milepost);
  const deps: Gated = { ...web, appsOrigin: hosts };
  const ours = createApp(deps, counters, others);
  const theirs = createAppsHosts(deps, counters, hosts);
  const at = (name: string | undefined) => (hosts.slugAt(name) === null ? ours : theirs);
  return {
    front: (incoming, outgoing, pass) => at(incoming.headers.host).front(incoming, outgoing, pass),
    router: {
      fetch: (request, ...more) =>
        at(request.headers.get("Host") ?? undefined).router.fetch(request, ...more),
    },
  };
};

const portOf = ({ origin }: Listening): number => Number(new URL(origin).port);
