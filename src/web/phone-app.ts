import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import { inFull } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";

const ours = (name: string) => new URL(`../../static/${name}`, import.meta.url);

/** What makes Milepost an app of a phone's, and shows notifications there. Browsers ask for it by themselves. */
export const phoneApp = () =>
  new Hono<WebEnv>()
    .get(routes.pushWorker.pattern, async (c) =>
      c.body(await readFile(ours("push-worker.js"), "utf8"), 200, {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "no-cache",
      }),
    )
    .get(routes.manifest.pattern, (c) =>
      c.body(JSON.stringify(manifest()), 200, { "Content-Type": "application/manifest+json" }),
    )
    .get(routes.appIcon.pattern, async (c) =>
      c.body(new Uint8Array(await readFile(ours(`app-icon-${c.req.param("size")}.png`))), 200, {
        "Content-Type": "image/png",
        "Cache-Control": "public, max-age=86400",
      }),
    );

/** https://www.w3.org/TR/appmanifest/ */
const manifest = () => ({
  id: inFull("/"),
  name: "Milepost",
  short_name: "Milepost",
  start_url: inFull("/"),
  scope: inFull("/"),
  display: "standalone",
  background_color: "#ffffff",
  theme_color: "#1e6fd0",
  icons: ["192", "512"].map((size) => ({
    src: routes.appIcon.href({ size }),
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose: "any maskable",
  })),
});
