import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { root, type Started, started } from "../milepost.ts";
import { token } from "../token.ts";
import { type Cable, openCable } from "./cable.ts";
import type { Kind } from "./workflows.ts";

/** One place of the cluster: a `milepost serve`, its way to the database, and how wrong its clock is; it may be started more than once. */
export interface Place {
  name: string;
  role: "web" | "worker";
  cable: Cable;
  /** The one that runs here now. */
  node(): Started;
  pid(): number;
  isUp(): boolean;
  origin(): string;
  /** Ends it and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Starts it anew, once it is gone. */
  begin(): Promise<void>;
}

const otherTime = fileURLToPath(new URL("./other-time.ts", import.meta.url));
const key = Buffer.alloc(32, 7).toString("base64");

/** Gives all nodes the same folder and workflows, as on one machine. */
export const openPlaces = (url: string, folder: string, kinds: readonly Kind[]) => {
  const workflows = join(folder, "workflows");
  mkdirSync(workflows, { mode: 0o755 });
  writeFileSync(join(workflows, "package.json"), '{ "type": "module" }\n', { mode: 0o644 });
  for (const { file, text } of kinds) writeFileSync(join(workflows, file), text, { mode: 0o644 });
  return async (name: string, role: Place["role"], offMs = 0): Promise<Place> => {
    const cable = await openCable(Number(new URL(url).port));
    onTestFinished(() => cable.close());
    const byCable = new URL(url);
    byCable.port = String(cable.port);
    let node: Started | null = null;
    const running = (): Started => {
      if (node === null) throw new Error(`${name} does not run`);
      return node;
    };
    const begin = async () => {
      const env = {
        ...{ MILEPOST_DATABASE: byCable.href, MILEPOST_ROLE: role, MILEPOST_KEY: key },
        ...{ MILEPOST_DATA: join(folder, "data"), MILEPOST_WORKFLOWS: workflows },
        ...{ MILEPOST_API_TOKEN: token, MILEPOST_MOST_STREAMS: "2000", MILEPOST_SANDBOX: "off" },
        ...(offMs === 0
          ? {}
          : { CLOCK_OFF_MS: String(offMs), NODE_OPTIONS: `--import ${JSON.stringify(otherTime)}` }),
      };
      node = await started(env, [process.execPath, join(root, "bin/milepost"), "serve"]);
    };
    await begin();
    return {
      ...{ name, role, cable, begin, node: running },
      pid: () => running().process.pid ?? 0,
      isUp: () => node !== null,
      origin: () => running().link.origin,
      end: async (signal) => {
        const ending = running();
        node = null;
        await ending.end(signal);
      },
    };
  };
};
