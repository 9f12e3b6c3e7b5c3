import { route } from "./route.ts";

/** The addresses of generated apps for programs, and of the files that go into them. */
export const appApi = {
  apps: route("/api/apps"),
  oneApp: route("/api/apps/:slug"),
  bringBackApp: route("/api/apps/:slug/bring-back"),
  /** Keeps a file for a run that is to be started with it. */
  files: route("/api/files"),
} as const;
