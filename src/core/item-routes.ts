import { route } from "./route.ts";

/** The addresses of the items of a step; `?after=` says where a page begins. */
export const itemRoutes = {
  items: route("/runs/:id/steps/:step/items"),
  skipItem: route("/runs/:id/steps/:step/items/skip"),
  /** Tries again those that failed. */
  retryItems: route("/runs/:id/steps/:step/items/retry"),
} as const;

/** The same for programs. */
export const itemApi = {
  items: route("/api/runs/:id/steps/:step/items"),
  skipItem: route("/api/runs/:id/steps/:step/items/skip"),
  retryItems: route("/api/runs/:id/steps/:step/items/retry"),
} as const;
