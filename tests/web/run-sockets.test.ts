import type { FeedEvent } from "#core/event.ts";
import { routes } from "#core/routes.ts";
import { socketPromises } from "./socket-promises.ts";

socketPromises<FeedEvent>({
  name: "Milepost's own WebSockets",
  all: routes.sockets.runs.href(),
  one: (id) => routes.sockets.run.href({ id }),
  eventOf: (message) => message,
});
