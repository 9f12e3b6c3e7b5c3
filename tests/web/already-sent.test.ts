import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("what a route writes by itself is not ended by its return, also where a server was started before the route was loaded", async () => {
  const program = fileURLToPath(new URL("already-sent.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  expect(stdout).toBe("first second");
});
