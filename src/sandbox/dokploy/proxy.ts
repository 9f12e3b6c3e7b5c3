import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { ComposeContainers } from "./compose-containers.ts";
import type { Containers } from "./containers.ts";
import { findImage } from "./images.ts";
import type { RouteRow, Tables } from "./rows.ts";

/** Stands where Traefik stands: leads a request by its host and path to the container that a route names. */
export const createProxy = (
  tables: Tables,
  containers: Containers,
  composeContainers: ComposeContainers,
): Server =>
  createServer((incoming, response) => {
    const host = (incoming.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const path = incoming.url ?? "/";
    const route = findRoute(tables.routes, host, path);
    if (route === null) return say(response, 404, "404 page not found\n");
    if (route.https) {
      response.writeHead(incoming.method === "GET" ? 301 : 308, { location: `https://${host}${path}` });
      return response.end("Moved Permanently");
    }
    const { appName, project } = route;
    const image =
      project === undefined
        ? tables.services.find((one) => one.appName === appName)?.image
        : composeContainers.imageOf(appName);
    const port = (project === undefined ? containers : composeContainers).portOf(appName);
    if (image == null || port === null || findImage(image)?.port !== route.port)
      return say(response, 502, "Bad Gateway");
    forward(incoming, response, port);
  });

/** The longest path wins; of the same, the one made first. */
const findRoute = (routes: readonly RouteRow[], host: string, path: string): RouteRow | null =>
  routes
    .filter((route) => route.host.toLowerCase() === host && path.startsWith(route.path))
    .sort((a, b) => b.path.length - a.path.length)[0] ?? null;

const forward = (incoming: IncomingMessage, response: ServerResponse, port: number): void => {
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else say(response, 502, "Bad Gateway");
  });
  response.on("close", () => onward.destroy());
  incoming.pipe(onward);
};

const say = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
};
