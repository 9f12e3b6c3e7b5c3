import { createMiddleware } from "hono/factory";
import { isAnyOf } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** Whatever asks about generated apps on the spot. */
const isAboutApps = isAnyOf([
  routes.apps,
  routes.app,
  routes.appWithoutSlash,
  routes.appProject,
  routes.enterApp,
  routes.appData,
  routes.api.apps,
  routes.api.oneApp,
  routes.api.bringBackApp,
  routes.settings,
]);

/** Has nobody else wait when the apps' database does not answer. `everywhere`: at an origin that has nothing but apps. */
export const appsAwake = ({ apps }: Pick<WebDeps, "apps">, { everywhere = false } = {}) =>
  createMiddleware<WebEnv>(async (c, next) => {
    if (everywhere || isAboutApps(c.req.path)) await apps.awake();
    await next();
  });
