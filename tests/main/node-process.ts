import { join } from "node:path";
import { type Started, started, testFolder } from "./milepost.ts";
import type { ServerProcess } from "./server-process.ts";
import { token } from "./token.ts";

const key = Buffer.alloc(32, 7).toString("base64");

export type NodeProcess = Started & Pick<ServerProcess, "origin" | "json" | "api">;

/** A node as people start one, with a data folder of its own: what it shares with others is the database. */
export const startNode = async (
  database: string,
  role: "web" | "worker",
  env: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> => {
  const node = await started({
    ...{ MILEPOST_DATABASE: database, MILEPOST_ROLE: role, MILEPOST_KEY: key },
    MILEPOST_API_TOKEN: token,
    ...(env.MILEPOST_DATA === undefined ? { MILEPOST_DATA: join(testFolder(), "data") } : {}),
    ...env,
  });
  const api = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, node.link), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    ...node,
    origin: node.link.origin,
    api,
    json: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await api(method, path, body);
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
  };
};

/** Starts a run; gives its id. */
export const startRun = async (
  node: Pick<NodeProcess, "json">,
  workflow: string,
  values: object,
): Promise<string> =>
  (await node.json<{ id: string }>("POST", `/api/workflows/${workflow}/runs`, { values })).id;
