import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { forReader } from "./encoded.ts";

/** The style sheet, the script and the icon. Their names change with them, so that browsers keep them for ever. */
export const staticRoutes = ({ staticFiles }: Pick<WebDeps, "staticFiles">) =>
  new Hono<WebEnv>().get(routes.staticFile.pattern, async (c) => {
    const file = staticFiles.get(c.req.param("name"));
    if (file === null) throw new AppError("not-found", "There is no such file.");
    const { bytes, headers } = await forReader(file, c.req.header("Accept-Encoding"));
    return c.body(bytes, 200, {
      ...headers,
      "Content-Type": file.type,
      "Cache-Control": "public, max-age=31536000, immutable",
    });
  });
