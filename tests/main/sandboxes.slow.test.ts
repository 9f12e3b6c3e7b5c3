import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Child } from "#core/child.ts";
import { startChild } from "#main/child.ts";
import { createSandboxes, type Sandboxes } from "#main/sandboxes.ts";
import { html, serveSite } from "../sandbox/botify/world.ts";
import { startServer, untilRun } from "./server-process.ts";

const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-sandboxes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const open = async (folder: string) => {
  const children: Child[] = [];
  const warned: string[] = [];
  const sandboxes = createSandboxes({
    folder,
    sampleSite: false,
    database: null,
    machines: ["botify", "dokploy", "ssh"],
    startChild: (options) => {
      const child = startChild(options);
      children.push(child);
      return child;
    },
    log: { info: () => {}, warn: (_, text) => void warned.push(text), error: () => {} },
  });
  onTestFinished(() => sandboxes.close());
  return { ...sandboxes, children, warned };
};

const valuesOf = ({ builtIns }: Pick<Sandboxes, "builtIns">, kind: string) => {
  const builtIn = builtIns.find((one) => one.kind === kind);
  if (builtIn === undefined) throw new Error(`no ${kind}`);
  return builtIn.open();
};

const kill = async (child: Child | undefined) => {
  process.kill(child?.pid ?? 0, "SIGKILL");
  await child?.ended;
};

/** The processes below this one, and theirs. */
const below = async (pid: number): Promise<number[]> => {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    all.map(async (one) => {
      const stat = await readFile(`/proc/${one}/stat`, "utf8").catch(() => "");
      return [one, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])] as const;
    }),
  );
  const children = parents.filter(([, parent]) => parent === pid).map(([one]) => one);
  return [...children, ...(await Promise.all(children.map(below))).flat()];
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

test("nothing starts before its first use, and each machine starts by itself, all in one process", async () => {
  const folder = await freshFolder();
  const sandboxes = await open(folder);
  expect(sandboxes.children).toEqual([]);
  const values = await valuesOf(sandboxes, "botify");
  expect((await fetch(`${values.baseUrl}/authentication/profile`)).status).toBe(401);
  expect(await readdir(folder)).toEqual(["botify"]);
  await valuesOf(sandboxes, "dokploy");
  expect((await readdir(folder)).toSorted()).toEqual(["botify", "dokploy"]);
  expect(sandboxes.children).toHaveLength(1);
});

test("where it is and its secrets are the same after a restart", async () => {
  const folder = await freshFolder();
  const all = async (sandboxes: Sandboxes) =>
    Promise.all(["botify", "dokploy", "ssh"].map((kind) => valuesOf(sandboxes, kind)));
  const first = await open(folder);
  const before = await all(first);
  await first.close();
  expect(await all(await open(folder))).toEqual(before);
});

test("when its process is killed this is told, and the next use starts it again with what it had", async () => {
  const sandboxes = await open(await freshFolder());
  const before = await valuesOf(sandboxes, "dokploy");
  await kill(sandboxes.children[0]);
  await until(() => sandboxes.warned.length > 0);
  expect(sandboxes.warned).toEqual(["this machine's own servers ended; they start again at their next use"]);
  expect(await valuesOf(sandboxes, "dokploy")).toEqual(before);
  expect(sandboxes.children).toHaveLength(2);
});

test("a question that its end cuts off is answered by a sentence", async () => {
  const sandboxes = await open(await freshFolder());
  const asked = valuesOf(sandboxes, "ssh");
  process.kill(sandboxes.children[0]?.pid ?? 0, "SIGKILL");
  await expect(asked).rejects.toMatchObject({
    code: "unreachable",
    message:
      "The process of this machine's own servers was killed (SIGKILL). It starts again when it is next used.",
  });
});

test("a machine that cannot start says so to who uses it and in the log; the others start, and it does once it can", async () => {
  const folder = await freshFolder();
  // Where its folder should be is a file.
  await writeFile(join(folder, "ssh"), "");
  const sandboxes = await open(folder);
  await expect(valuesOf(sandboxes, "ssh")).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("This machine's own SSH host could not be started"),
  });
  expect(sandboxes.warned).toEqual(["this machine's own SSH host could not be started"]);
  expect(await valuesOf(sandboxes, "dokploy")).toMatchObject({ image: "milepost/hello" });
  await rm(join(folder, "ssh"));
  expect(await valuesOf(sandboxes, "ssh")).toMatchObject({ user: "milepost" });
});

test("a crawl goes on after its process and that of the servers were killed; what was kept is not read again", async () => {
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    return setTimeout(
      () => response.writeHead(200, { "content-type": "text/html" }).end(html("x", `${request.url}a/`)),
      20,
    );
  });
  const sandboxes = await open(await freshFolder());
  const { id } = await sandboxes.crawls.begin({ url: site.origin, mostPages: 80, mostDepth: 100 });
  let kept = 0;
  await until(async () => {
    kept = (await sandboxes.crawls.get(id)).pagesDone;
    return kept > 3;
  });
  await kill(sandboxes.children[0]);
  await until(async () => (await sandboxes.crawls.get(id)).state !== "running");
  expect(await sandboxes.crawls.get(id)).toMatchObject({ state: "done", pagesDone: 80 });
  const asked = site.asked.map(({ path }) => path);
  const again = asked.slice(asked.lastIndexOf("/robots.txt") + 1);
  expect(asked.indexOf(again[0] ?? "")).toBeGreaterThanOrEqual(kept);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "after a %s of the server none of its processes is left",
  async (signal) => {
    const server = await startServer(await freshFolder(), { sampleSite: false });
    for (const id of ["this-machine", "this-dokploy", "this-node"])
      await server.api("POST", `/connections/${id}/test`);
    const processes = await below(server.pid);
    expect(processes.length).toBeGreaterThanOrEqual(2);
    await (signal === "SIGKILL" ? server.kill() : server.stop());
    await until(() => !processes.some(isThere));
  },
);

test("a server that is started and looked at starts none of them; switched off it does not offer them", async () => {
  const dataDir = await freshFolder();
  const server = await startServer(dataDir);
  for (const page of [
    "/",
    "/connections",
    "/workflows/crawl-site",
    "/workflows/botify-export",
    "/workflows/deploy-stack",
  ])
    expect((await server.api("GET", page)).status).toBe(200);
  expect(await (await server.api("GET", "/connections")).text()).toContain("This machine");
  expect(await below(server.pid)).toEqual([]);
  await server.stop();

  const off = await startServer(dataDir, { env: { MILEPOST_SANDBOX: "off" } });
  expect(await (await off.api("GET", "/connections")).text()).not.toContain("This machine");
  expect((await off.api("GET", "/workflows/crawl-site")).status).toBe(404);
  expect(await (await off.api("GET", "/")).text()).not.toContain("Crawl a site");
  expect((await off.api("GET", "/workflows/botify-export")).status).toBe(200);
  await off.stop();
});

test("while a page of millions of nested tags is crawled, the server answers everybody else", async () => {
  const nested = "<div>".repeat(900_000);
  const site = await serveSite((request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    return response
      .writeHead(200, { "content-type": "text/html" })
      .end(request.url === "/deep" ? nested : html("x", "/deep", "/other"));
  });
  const server = await startServer(await freshFolder(), { sampleSite: false });
  onTestFinished(() => server.kill());
  const { id } = await server.json<{ id: string }>("POST", "/api/workflows/crawl-site/runs", {
    values: { url: site.origin },
  });
  let ended = false;
  const run = untilRun(server, id, ({ state }) => state === "completed" || state === "failed").finally(() => {
    ended = true;
  });
  let answers = 0;
  while (!ended) {
    expect((await fetch(new URL("/healthz", server.origin))).status).toBe(200);
    answers++;
  }
  expect(answers).toBeGreaterThan(20);
  const { state, outcome } = await run;
  expect(state).toBe("completed");
  expect(outcome?.sentence).toMatch(/^3 URLs of /);
  expect(JSON.stringify(outcome?.facts)).toContain("nested more than 512 deep");
});
