import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { standBelow } from "#core/route.ts";
import { createAnswering } from "./answering.ts";
import { type ApartOrder, type ApartTold, apartHeaders } from "./apart.ts";
import { openApps } from "./open-apps.ts";
import { loadAssets } from "./runtime/assets.ts";

/** Answers for apps on loopback, whoever knows the secret. */
export const serveApart = async (
  { home, secret, below }: ApartOrder,
  tell: (told: ApartTold) => void,
): Promise<void> => {
  standBelow(below);
  const apps = await openApps(home, Date.now);
  const answer = createAnswering({
    assets: await loadAssets(),
    clock: { now: () => Date.now(), newId: () => randomUUID() },
    onError: (error, slug) =>
      tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error), slug }),
  });
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      if (request.headers.get(apartHeaders.secret) !== secret) return new Response(null, { status: 403 });
      const app = apps.open(request.headers.get(apartHeaders.slug) ?? "");
      return answer(app, request, {
        mayChange: request.headers.get(apartHeaders.mayChange) === "yes",
        name: decodeURIComponent(request.headers.get(apartHeaders.name) ?? ""),
      });
    },
  });
  server.once("listening", () => tell({ port: (server.address() as AddressInfo).port }));
};
