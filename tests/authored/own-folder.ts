import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AuthoredFile } from "#core/authored.ts";
import { testFolder } from "../main/milepost.ts";
import { type ServerProcess, startServer, untilRun } from "../main/server-process.ts";

export interface SeenFile extends Omit<AuthoredFile, "version"> {
  version: { code: string; since: number; underWay: number } | null;
  earlier: readonly { code: string; underWay: number }[];
}

interface Seen {
  fault: { sentence: string } | null;
  files: readonly SeenFile[];
}

/** A folder of workflows with a server beside it. */
export interface OwnFolder {
  folder: string;
  data: string;
  /** Saves a file in the folder, as an editor does. */
  save(file: string, text: string): void;
  serve(): Promise<ServerProcess>;
}

export const ownFolder = (): OwnFolder => {
  const place = testFolder();
  const [folder, data] = [join(place, "workflows"), join(place, "data")];
  const save = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, file), text, { mode: 0o644 });
  };
  save("package.json", '{ "type": "module" }\n');
  return {
    folder,
    data,
    save,
    serve: () =>
      startServer(data, { sampleSite: false, env: { MILEPOST_WORKFLOWS: folder, MILEPOST_SANDBOX: "off" } }),
  };
};

export const look = (server: ServerProcess) => server.json<Seen>("GET", "/api/workflow-files");

/** Waits until a file satisfies this, asking the API. */
export const untilFile = async (
  server: ServerProcess,
  name: string,
  holds: (file: SeenFile) => boolean,
): Promise<SeenFile> => {
  for (;;) {
    const file = (await look(server)).files.find((one) => one.file === name);
    if (file !== undefined && holds(file)) return file;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

export const startOwn = async (server: ServerProcess, id: string, values = {}): Promise<string> =>
  (await server.json<{ id: string }>("POST", `/api/workflows/${id}/runs`, { values })).id;

/** How a run came out. */
export const outcomeOf = async (server: ServerProcess, runId: string): Promise<string> => {
  const run = await untilRun(server, runId, ({ state }) => state === "completed" || state === "failed");
  return run.outcome?.sentence ?? run.error?.message ?? "";
};

/** A workflow that says this word at its end; its only step comes to an end once `gate` holds. */
export const says = (id: string, word: string, gate = "true"): string => `
import { start, workflow } from "milepost";
import { existsSync } from "node:fs";

export default workflow("${id}", "Says ${word}", "For tests.", start({ subject: () => "" }))
  .do("say", "Say it", {
    run: async ({ signal }): Promise<string> => {
      while (!(${gate})) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return "${word}";
    },
    readsOnly: true,
  })
  .hands((_, { say }) => ({ sentence: \`It said \${say}.\` }));
`;
