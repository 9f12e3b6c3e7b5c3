import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { startExport, startServer } from "../main/server-process.ts";
import { freshFolder } from "../store/fresh-folder.ts";
import { buildDisk } from "./build-disk.ts";

test("a disk that does not confirm a write ends the server, which says so and answers nothing as saved", async () => {
  const [folder, aside] = [freshFolder(), freshFolder()];
  const broken = join(aside, "broken");
  const env = { LD_PRELOAD: buildDisk(), DISK_WATCHED: folder, DISK_BROKEN: broken };
  const server = await startServer(folder, { sampleSite: false, env });
  const kept = await startExport(server);
  writeFileSync(broken, "");
  const answers = await Promise.allSettled([startExport(server), startExport(server)]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await server.gone).toEqual({ code: 1, said: expect.stringContaining("the disk did not confirm") });
  const again = await startServer(folder, { sampleSite: false });
  expect((await again.json<RunPicture>("GET", `/api/runs/${kept}`)).id).toBe(kept);
  await again.stop();
});
