import { type Listening, listen as listenOn } from "#main/listen.ts";
import type { Site } from "./site.ts";

/** The site on a port of its own, WebSockets included. */
export const listen = ({ app }: Site): Promise<Listening> =>
  listenOn({ fetch: app.fetch, host: "127.0.0.1", port: 0 });
