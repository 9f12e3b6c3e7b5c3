import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { assertShape } from "#core/shape.ts";
import { createCopy } from "./copy/copy.ts";
import type { Copy } from "./copy/copy-options.ts";
import type { Request, Until } from "./http/http-options.ts";
import { createRequest } from "./http/request.ts";
import { createUntil } from "./http/until.ts";
import { createJob } from "./job/job.ts";
import type { Job } from "./job/job-options.ts";
import type { KitDeps } from "./machine.ts";
import { named } from "./named.ts";
import { optionShapes } from "./option-shapes.ts";
import { createServerField, type Server } from "./server-field.ts";
import { createShell } from "./shell.ts";
import type { Shell } from "./shell-options.ts";

/** What people's own workflows are handed of a Milepost that runs: with its connections. */
export interface Kits {
  server: Server;
  shell: Shell;
  job: Job;
  request: Request;
  until: Until;
  copy: Copy;
}

/** None of them does anything, or opens anything, before a step runs. */
export const createKits = (deps: KitDeps): Kits => {
  // Whoever writes a workflow may ask what lies in their own network; its connections close when nobody asks for some seconds.
  const http = openGuardedFetch({ reach: "anywhere" });
  return {
    server: createServerField(deps.connections),
    ...{ shell: known("shell", createShell(deps)), job: known("job", createJob(deps)) },
    ...{ request: known("request", createRequest(http)), until: known("until", createUntil(http)) },
    copy: known("copy", createCopy(deps)),
  };
};

/** Whatever its options are, what is wrong with them is said where they are written, or by the name of the function that throws. */
const known = <K extends (options: never) => unknown>(name: keyof typeof optionShapes, kit: K): K =>
  ((options: object) => {
    assertShape(`${name}({ … })`, options, optionShapes[name]);
    return kit(named(options) as never);
  }) as unknown as K;
