// biome-ignore-all lint/performance/noBarrelFile: it is what people's workflows import, by one name, and nothing else does.
/** What `import … from "milepost"` gives to people's own workflows. */

import type { Copy } from "./copy/copy-options.ts";
import type { Request, Until } from "./http/http-options.ts";
import type { Job } from "./job/job-options.ts";
import type { Server } from "./server-field.ts";
import type { Shell } from "./shell-options.ts";

export { z } from "zod";
export type { EachItem, EachOptions, EachResult } from "#core/each.ts";
export { AppError } from "#core/errors.ts";
export { choice, many, select } from "#core/field-choices.ts";
export { checkbox, number, secret, text } from "#core/field-kinds.ts";
export { group } from "#core/fields.ts";
export { GoBack } from "#core/go-back.ts";
export type { PlanLine } from "#core/plan-line.ts";
export { question } from "#core/question.ts";
export { Reject } from "#core/reject.ts";
export type { Outcome } from "#core/run.ts";
export { Skip } from "#core/skip.ts";
export { item, start } from "#core/start.ts";
export type { AskContext, DoContext, StepContext, UndoContext, WaitContext } from "#core/step-context.ts";
export type {
  AskOptions,
  DoOptions,
  Look,
  Planned,
  WaitOptions,
  Workflow,
} from "#core/workflow.ts";
export { workflow } from "#core/workflow.ts";
export {
  apt,
  borg,
  bytesOf,
  counted,
  curl,
  dd,
  ffmpeg,
  percent,
  pgDump,
  pv,
  restic,
  rsync,
  wget,
} from "./progress/readers.ts";

/** A field that chooses a server. What it gives has an `id`, which is where kits are told to work, and a `name`. */
export declare const server: Server;

/** Runs a script on this machine or on a server. The Milepost that loads the file hands it over, with its connections. */
export declare const shell: Shell;

/** Begins a script that may take long, on this machine or on a server, and looks after it: it outlives Milepost and the connection. */
export declare const job: Job;

/** Asks an HTTP API one thing. */
export declare const request: Request;

/** Asks an HTTP API again and again until something is so. */
export declare const until: Until;

/** Copies a file between servers and this machine. */
export declare const copy: Copy;
