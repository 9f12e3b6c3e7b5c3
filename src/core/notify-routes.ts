import { route } from "./route.ts";

/** The addresses of what people are told, and of what they decide from there. */
export const notifyRoutes = {
  /** By which ways somebody is reached, and what they are told. */
  notifications: route("/notifications"),
  /** What was sent, what waits and what failed; `?state=`, and `?before=` for older ones. */
  deliveries: route("/notifications/sent"),
  retryDelivery: route("/notifications/sent/:id/retry"),
  /** `?kind=` says which. */
  newChannel: route("/notifications/new"),
  channel: route("/notifications/channels/:id"),
  testChannel: route("/notifications/channels/:id/test"),
  removeChannel: route("/notifications/channels/:id/remove"),
  /** Links an account in a messenger, `?kind=` says which: shows a code for it. */
  linkAccount: route("/notifications/link"),
  /** Whoever is signed in says that the account is theirs that wrote the code. */
  confirmAccount: route("/notifications/link/confirm"),
  leaveAccount: route("/notifications/link/leave"),
  /** What shows notifications in a browser that has no page of ours open, and what makes Milepost an app of a phone's. */
  pushWorker: route("/push-worker.js"),
  manifest: route("/manifest.webmanifest"),
  appIcon: route("/app-icon/:size{180|192|512}"),
  /** Whether somebody is told of a run, whatever else they said. */
  bell: route("/runs/:id/bell"),
  /** Asks once more what a mail's link is for; its POST decides. The token says who and what. */
  decide: route("/decide/:token"),
  /** Decides when it is POSTed to, for apps that do so by themselves. */
  decideNow: route("/decide/:token/now"),
} as const;

/** The same for programs. */
export const notifyApi = {
  channels: route("/api/channels"),
  channel: route("/api/channels/:id"),
  testChannel: route("/api/channels/:id/test"),
  notifications: route("/api/notifications"),
  deliveries: route("/api/deliveries"),
  retryDelivery: route("/api/deliveries/:id/retry"),
  bell: route("/api/runs/:id/bell"),
} as const;
