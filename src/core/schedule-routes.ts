import { each, route } from "./route.ts";

/** What may be done with what starts runs by itself. */
export const scheduleVerbs = ["pause", "resume", "start", "remove"] as const;

/** The addresses of what starts runs by itself. */
export const scheduleRoutes = {
  /** What starts runs by itself: by the clock, when called, after other runs. `?kind=`, `?workflow=`, `?like=` and `?kept=` say what to make. */
  schedules: route("/schedules"),
  newSchedule: route("/new-schedule"),
  pauseSchedules: route("/schedules/pause-all"),
  resumeSchedules: route("/schedules/resume-all"),
  schedule: route("/schedules/:id"),
  scheduled: each("/schedules/:id", scheduleVerbs),
  /** Another secret for a hook; and what a body would start. */
  renewSecret: route("/schedules/:id/secret"),
  tryHook: route("/schedules/:id/try"),
  /** Starts a run for whoever knows the secret of the hook. */
  hook: route("/hooks/:id"),
} as const;

/** The same for programs. */
export const scheduleApi = {
  schedules: route("/api/schedules"),
  schedule: route("/api/schedules/:id"),
  scheduled: each("/api/schedules/:id", scheduleVerbs),
  pauseSchedules: route("/api/schedules/pause-all"),
  resumeSchedules: route("/api/schedules/resume-all"),
  renewSecret: route("/api/schedules/:id/secret"),
  tryHook: route("/api/schedules/:id/try"),
} as const;
