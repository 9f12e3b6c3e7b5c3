import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** Style sheets, scripts and icons. Their address changes with them, so that browsers keep them for ever. */
export const staticRoutes = ({ staticFiles }: Pick<WebDeps, "staticFiles">) =>
  new Hono<WebEnv>().get(routes.staticFile.pattern, (c) => {
    const file = staticFiles.get(c.req.param("name"));
    if (file === null) throw new AppError("not-found", "There is no such file.");
    return c.body(file.bytes, 200, {
      "Content-Type": file.type,
      "Cache-Control": c.req.query("v") === undefined ? "no-cache" : "public, max-age=31536000, immutable",
    });
  });
