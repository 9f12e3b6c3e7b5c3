import { createJob } from "./job/job.ts";
import type { Job } from "./job/job-options.ts";
import type { KitDeps } from "./machine.ts";
import { createShell } from "./shell.ts";
import type { Shell } from "./shell-options.ts";

/** What people's own workflows are handed of a Milepost that runs: with its connections. */
export interface Kits {
  shell: Shell;
  job: Job;
}

export const createKits = (deps: KitDeps): Kits => ({ shell: createShell(deps), job: createJob(deps) });
