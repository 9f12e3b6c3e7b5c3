import type { McpServer, ReadResourceResult, Variables } from "@modelcontextprotocol/server";
import { statusOf } from "#chat/told.ts";
import { AppError } from "#core/errors.ts";
import { type Caller, runFor } from "./call.ts";
import type { Sdk } from "./sdk.ts";
import { asData } from "./told-run.ts";

const logLines = 1_000;
/** A larger file does not go through a model: its address does. */
const mostFileBytes = 1_000_000;

/** Runs, their logs and the files of exports, for clients that read rather than call. */
export const resources = (
  server: McpServer,
  { ResourceTemplate, ResourceNotFoundError }: Sdk,
  caller: Caller,
): void => {
  const template = (
    name: string,
    uri: string,
    about: { title: string; mimeType: string },
    read: (id: string) => Promise<string>,
  ) =>
    server.registerResource(
      name,
      new ResourceTemplate(uri, { list: undefined }),
      about,
      async (at: URL, { id }: Variables): Promise<ReadResourceResult> => {
        const text = await read(String(id)).catch((thrown: unknown): never => {
          if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
          throw new ResourceNotFoundError(at.href, thrown.message);
        });
        return { contents: [{ uri: at.href, mimeType: about.mimeType, text }] };
      },
    );
  template(
    "run",
    "milepost://runs/{id}",
    { title: "Where a run stands", mimeType: "text/plain" },
    async (id) => {
      const { lines } = statusOf(await runFor(caller, id));
      return asData(lines).text;
    },
  );
  template(
    "log",
    "milepost://runs/{id}/log",
    { title: "The log of a run", mimeType: "text/plain" },
    async (id) => {
      await runFor(caller, id);
      const lines = await caller.store.logs(id, { after: null, limit: logLines });
      return asData(lines.map(({ n, text }) => `${n} ${text}`)).text;
    },
  );
  template(
    "export",
    "milepost://exports/{id}",
    { title: "The file of an export", mimeType: "text/csv" },
    async (id) => {
      const row = await caller.store.exports.get(id);
      if (row === null) throw new AppError("not-found", "There is no such export.");
      await runFor(caller, row.ownerRunId);
      const size =
        row.status === "ready" && row.filePath !== null ? await caller.files.size(row.filePath) : null;
      if (size === null || row.filePath === null) throw new AppError("not-found", "This export has no file.");
      if (size > mostFileBytes)
        throw new AppError(
          "too-large",
          `This file has ${size} bytes, more than goes through here. Fetch it from its address.`,
        );
      if (size === 0) return "";
      const parts: Buffer[] = [];
      for await (const part of caller.files.open(row.filePath, 0, size - 1)) parts.push(part as Buffer);
      return Buffer.concat(parts).toString("utf8");
    },
  );
};
