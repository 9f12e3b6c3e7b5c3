import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CopyOptions } from "#kits/copy/copy-options.ts";
import type { Kits } from "#kits/kits.ts";
import { flow, openWorld, type World } from "../engine/world.ts";
import { openHosts } from "./hosts.ts";

const copyFlow = ({ copy }: Kits, options: CopyOptions<unknown, object>) =>
  flow()
    .do("copy", "Copy", {
      ...copy<unknown, object>(options),
      retry: { attempts: 5, firstMs: 20, factor: 1, maxMs: 20 },
    })
    .hands((_input, { copy: { sizeBytes, sha256 } }) => ({ sentence: `${sizeBytes} ${sha256}` }));
const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const linesOf = async (world: World, id: string) =>
  (await world.store.logs(id, { after: 0, limit: 100 })).map(({ text }) => text);

test("a file goes whole from here to a server, between servers and back, proved at both ends, and goes again when it is undone", async () => {
  const { hosts, kits, folder } = await openHosts(["node1", "node2"]);
  const bytes = randomBytes(300_000);
  writeFileSync(join(folder, "a"), bytes, { mode: 0o640 });
  const name = "it's $(touch gotcha) & more";
  const ways: [CopyOptions<unknown, object>["from"], CopyOptions<unknown, object>["to"], string][] = [
    [() => ({ path: join(folder, "a") }), () => ({ on: "node1", path: name }), join(hosts.node1.home, name)],
    [() => ({ on: "node1", path: name }), () => ({ on: "node2", path: name }), join(hosts.node2.home, name)],
    [() => ({ on: "node2", path: name }), () => ({ path: join(folder, "b") }), join(folder, "b")],
  ];
  const world = await openWorld(
    ways.map(([from, to], at) => ({ ...copyFlow(kits(), { from, to }), id: `way${at}` })),
  );
  const ids: string[] = [];
  for (const [at, [, , path]] of ways.entries()) {
    const id = await world.start({}, `way${at}`);
    ids.push(id);
    const { run, steps } = await world.until(id, "completed", "failed");
    expect(run.outcome?.sentence).toBe(`300000 ${hashOf(bytes)}`);
    expect(steps[0]?.progress).toMatchObject({ done: 300_000, total: 300_000, unit: "bytes" });
    expect([readFileSync(path).equals(bytes), statSync(path).mode & 0o777]).toEqual([true, 0o640]);
  }
  expect([readdirSync(hosts.node1.home), readdirSync(hosts.node2.home)]).toEqual([[name], [name]]);
  for (const id of ids) {
    await world.engine.undo(id, "Ada");
    await world.until(id, "undone", "failed");
  }
  expect([...ways.map(([, , path]) => existsSync(path)), existsSync(join(folder, "a"))]).toEqual([
    false,
    false,
    false,
    true,
  ]);
  await world.close();
});

test("one that is cut off goes on behind what is there, and is whole in the end", async () => {
  const { hosts, kits, folder } = await openHosts(["node1"]);
  const bytes = randomBytes(24 * 1024 * 1024);
  writeFileSync(join(folder, "a"), bytes);
  const { node1 } = hosts;
  const world = await openWorld([
    copyFlow(kits(), { from: () => ({ path: join(folder, "a") }), to: () => ({ on: "node1", path: "a" }) }),
  ]);
  const partSize = () => {
    const part = readdirSync(node1.home).find((name) => name.startsWith("a.milepost-"));
    return part === undefined ? 0 : statSync(join(node1.home, part)).size;
  };
  const id = await world.start();
  while (partSize() < 4 * 1024 * 1024) await new Promise((resolve) => setTimeout(resolve, 1));
  await node1.cut();
  await node1.listen();
  const { run } = await world.until(id, "completed", "failed");
  expect([run.outcome?.sentence, readdirSync(node1.home)]).toEqual([
    `${bytes.length} ${hashOf(bytes)}`,
    ["a"],
  ]);
  expect((await linesOf(world, id)).some((line) => /^It goes on behind the [\d,]+ bytes/.test(line))).toBe(
    true,
  );
  await world.close();
});

test("what lies there is not copied again, another file there stays unless it may go, and what was changed since stays when it is undone", async () => {
  const { hosts, kits, folder } = await openHosts(["node1"]);
  const there = join(hosts.node1.home, "a");
  const from = () => ({ path: join(folder, "a") });
  const to = () => ({ on: "node1", path: "a" });
  writeFileSync(from().path, "new");
  writeFileSync(there, "new");
  mkdirSync(join(folder, "dir"));
  const world = await openWorld([
    copyFlow(kits(), { from, to }),
    { ...copyFlow(kits(), { from, to, replace: true }), id: "replace" },
    { ...copyFlow(kits(), { from: () => ({ path: join(folder, "dir") }), to }), id: "dir" },
    { ...copyFlow(kits(), { from: () => ({ path: join(folder, "none") }), to }), id: "none" },
  ]);
  const same = await world.start();
  expect((await world.until(same, "completed", "failed")).steps[0]).toMatchObject({ state: "skipped" });
  writeFileSync(there, "old");
  const other = await world.until(await world.start(), "completed", "failed");
  expect([other.run.error?.code, readFileSync(there, "utf8")]).toEqual(["conflict", "old"]);
  const id = await world.start({}, "replace");
  await world.until(id, "completed", "failed");
  expect(readFileSync(there, "utf8")).toBe("new");
  writeFileSync(there, "changed");
  await world.engine.undo(id, "Ada");
  const { steps } = await world.until(id, "undone", "failed");
  expect([readFileSync(there, "utf8"), steps[0]?.detail]).toEqual([
    "changed",
    "a was changed since, so it stays.",
  ]);
  for (const [name, code] of [
    ["dir", "bad-input"],
    ["none", "not-found"],
  ] as const)
    expect((await world.until(await world.start({}, name), "failed")).run.error?.code).toBe(code);
  expect(readdirSync(hosts.node1.home).filter((name) => name.includes("milepost-"))).toEqual([]);
  await world.close();
});
