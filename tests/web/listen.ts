import { type Listening, listen as listenOn } from "#main/listen.ts";
import type { Site } from "./site.ts";

/** The site on a port of its own, WebSockets included. */
export const listen = ({ app, front }: Site): Promise<Listening> =>
  listenOn({ app: { router: app, front }, host: "127.0.0.1", port: 0 });
