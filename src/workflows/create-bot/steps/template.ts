import { createHash } from "node:crypto";
import { posix } from "node:path";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { templateFiles } from "#workflows/create-bot/template.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Puts the template files into the workspace; each is read back and compared. OpenClaw keeps what is there when the agent is added. */
export const copyTemplate = (deps: BotDeps): DoOptions<BotInput, Connected, { files: string[] }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ ssh }) => {
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      const files = templateFiles(ctx.input);
      const parts = ctx.substeps(files.map(({ name }) => name));
      for (const { name, text } of files) {
        parts.begin(name);
        const path = posix.join(workspace, name);
        const put = await ssh.upload(text, path, { mode: 0o600, signal: ctx.signal });
        ctx.log(`${path}: ${put.sizeBytes} bytes, sha256 ${put.sha256}`);
        parts.end(name);
      }
      return { files: files.map(({ name }) => name) };
    }),
  safeBecause: "Each file is put in its place whole, with the same content as before.",
  undo: (ctx) =>
    onNode(deps, ctx, async ({ ssh }) => {
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      for (const { name, text } of templateFiles(ctx.input)) {
        const path = posix.join(workspace, name);
        const isThere = await ssh.exists(path, ctx.signal);
        // One that was changed since stays for the next undo, which leaves the folder whole.
        if (isThere && (await ssh.read(path, { signal: ctx.signal })).toString() === text)
          await ssh.remove(path, ctx.signal);
      }
    }),
  plan: (ctx) => {
    const { workspace } = placesOf(ctx.results.ssh, ctx.input);
    const files = templateFiles(ctx.input);
    return {
      lines: files.map(({ name, text }) =>
        says(
          `Puts ${posix.join(workspace, name)} by SFTP, mode 600, ${Buffer.byteLength(text)} bytes, sha256 ${sha256(text)}.`,
        ),
      ),
      result: { files: files.map(({ name }) => name) },
    };
  },
  detail: ({ files }) => files.join(", "),
  stopWithinMs: 12_000,
  weightMs: 300,
});
