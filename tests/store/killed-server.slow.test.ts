import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { freshFolder } from "./fresh-folder.ts";

it("refuses the data of a living server, and takes it with all its runs once that was killed by SIGKILL", async () => {
  const file = join(freshFolder(), "m.sqlite");
  const open = () => openSqliteStore({ file, now: Date.now, random: (n) => randomBytes(n) });
  const script = fileURLToPath(new URL("hold-store.ts", import.meta.url));
  const holder = spawn(process.execPath, ["--import", "tsx", script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void holder.kill("SIGKILL"));
  const exited = once(holder, "exit");
  const [runId] = await once(createInterface(holder.stdout), "line");

  await expect(open()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(file) });
  holder.kill("SIGKILL");
  await exited;

  const store = await open();
  onTestFinished(() => store.close());
  expect((await store.run(runId))?.run.state).toBe("queued");
});
