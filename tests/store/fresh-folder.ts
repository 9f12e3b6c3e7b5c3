import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder that is removed when the test is over. */
export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
