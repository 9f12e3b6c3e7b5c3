import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startSandboxes } from "#main/sandboxes.ts";

test("a machine of our own that cannot start is told in the log and not offered; the others are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-sandboxes-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Where its folder should be is a file.
  writeFileSync(join(folder, "ssh"), "");
  const offered: string[] = [];
  const warned: string[] = [];
  const sandboxes = await startSandboxes({
    folder,
    connections: {
      offer: async ({ id, kind, name, values }) => {
        offered.push(kind);
        return { id, kind, name, values, builtIn: true, createdAt: 0, lastTest: null };
      },
    },
    log: { info: () => {}, warn: (_, text) => void warned.push(text), error: () => {} },
    sampleSite: false,
  });
  await sandboxes.close();
  expect(offered.sort()).toEqual(["botify", "dokploy"]);
  expect(warned).toEqual(["this machine's own SSH host could not be started"]);
});
