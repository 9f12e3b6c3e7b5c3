import { route } from "./route.ts";

/** The addresses of saved scripts. */
export const scriptRoutes = {
  scripts: route("/scripts"),
  newScript: route("/scripts/new"),
  /** Its form, filled in with the newest version; `?version=` fills it in with another one. */
  script: route("/scripts/:id"),
  removeScript: route("/scripts/:id/remove"),
} as const;

/** The same for programs. */
export const scriptApi = {
  scripts: route("/api/scripts"),
  script: route("/api/scripts/:id"),
} as const;
