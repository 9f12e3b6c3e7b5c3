import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Form, Values } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { formOf } from "../setup/form-of.ts";
import { token } from "./token.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** As `milepost serve` runs, so that what is tested is what people run. */
const require = createRequire(import.meta.url);
const flags = require("../../bin/flags.cjs") as readonly string[];
const { bundleOf } = require("../../bin/bundle.cjs") as {
  bundleOf(program: string): { file: string; compiled: string };
};

/** A server in a process of its own, which can be killed like one. */
export interface ServerProcess {
  origin: string;
  link: string;
  pid: number;
  api(method: string, path: string, body?: unknown): Promise<Response>;
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves when it is gone. */
  stop(): Promise<void>;
  /** Resolves when it has ended by itself or otherwise, with what it wrote to standard error. */
  gone: Promise<{ code: number | null; said: string }>;
}

/** Starts a server on that data. Throws with what it wrote to standard error when it does not come up. */
export const startServer = async (
  dataDir: string,
  {
    sampleSite = true,
    minimumFreeBytes = 0,
    env = {},
  }: { sampleSite?: boolean; minimumFreeBytes?: number; env?: Record<string, string> } = {},
): Promise<ServerProcess> => {
  const { file, compiled } = bundleOf("tests/main/child.ts");
  const child = spawn(process.execPath, [...flags, file], {
    cwd: root,
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: compiled,
      HOST: "127.0.0.1",
      PORT: "0",
      MILEPOST_DATA: dataDir,
      MILEPOST_API_TOKEN: token,
      SAMPLE_SITE: sampleSite ? "yes" : "no",
      MINIMUM_FREE_BYTES: String(minimumFreeBytes),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const gone = once(child, "close").then(([code]) => ({ code: code as number | null, said }));
  const { origin, link } = await comeUp(child);
  const api = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, origin), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    origin,
    link,
    pid: child.pid ?? 0,
    api,
    json: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await api(method, path, body);
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGTERM"),
    gone,
  };
};

const comeUp = async (child: ChildProcess): Promise<{ origin: string; link: string }> => {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  if (child.stdout === null) throw new Error("no standard output");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error(errors.trim());
  return JSON.parse(first.value);
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
};

/** What a person sends who only presses the button. */
export const preselected = (form: Form | null): Values => {
  const values: Record<string, string | readonly string[]> = {};
  const take = (fields: Form["fields"]) => {
    for (const field of fields) {
      if (field.kind === "group" || field.kind === "row") take(field.fields);
      else if (field.kind === "many") values[field.name] = field.values;
      else if ("name" in field && "value" in field && field.value !== undefined)
        values[field.name] = field.value;
    }
  };
  take(form?.fields ?? []);
  return values;
};

/** Waits until the run satisfies `holds`, asking the API for it. */
export const untilRun = async (
  server: Pick<ServerProcess, "json">,
  runId: string,
  holds: (run: RunPicture) => boolean,
): Promise<RunPicture> => {
  for (;;) {
    const run = await server.json<RunPicture>("GET", `/api/runs/${runId}`);
    if (holds(run)) return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Answers every question with what is preselected until the run asks `stopAt` or no longer asks. */
export const pressThrough = async (
  server: Pick<ServerProcess, "json">,
  runId: string,
  stopAt?: string,
): Promise<RunPicture> => {
  for (;;) {
    const run = await untilRun(server, runId, ({ state }) => state !== "queued" && state !== "running");
    const asking = run.steps.find((step) => step.state === "asking");
    if (asking === undefined || asking.id === stopAt) return run;
    await server.json("POST", `/api/runs/${runId}/steps/${asking.id}/answer`, {
      values: preselected(asking.form),
    });
  }
};

/** Starts an export on a connection. */
export const startExport = async (server: ServerProcess, connection = "this-machine"): Promise<string> => {
  const { id } = await server.json<{ id: string }>("POST", "/api/workflows/botify-export/runs", {
    values: { connection },
  });
  return id;
};

/** Adds a connection to a Botify-compatible server; gives its id. */
export const addConnection = (
  server: Pick<ServerProcess, "origin" | "api">,
  baseUrl: string,
  secret: string,
): Promise<string> =>
  addConnectionOf(server, { kind: "botify", name: "Test account", baseUrl, token: secret });

/** Adds the first connection, as the form does; gives its id. */
export const addConnectionOf = async (
  server: Pick<ServerProcess, "origin" | "api">,
  values: Record<string, string>,
): Promise<string> => {
  const body = formOf(values);
  const answer = await fetch(new URL("/connections", server.origin), {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body,
    redirect: "manual",
  });
  if (answer.status !== 303) throw new Error(`adding a connection answered ${answer.status}`);
  const page = await (await server.api("GET", "/connections")).text();
  const id = /\/connections\/([0-9a-f]{32})/.exec(page)?.[1];
  if (id === undefined) throw new Error("the connection is not on its page");
  return id;
};
