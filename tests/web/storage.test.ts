import { afterAll, beforeAll, expect, test } from "vitest";
import type { Room } from "#core/storage.ts";
import { quick } from "./quick.ts";
import { colours, openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [quick, colours()] });
});
afterAll(() => site.close());

const text = async (path: string) => (await site.get(path)).text();
const over = async (workflow = "quick") => {
  const { runId } = await site.engine.start(workflow, { name: "Ada" }, "Ada");
  await site.engine.settled(runId, 10_000, AbortSignal.timeout(10_000));
  return runId;
};
const chosen = (path: string, ids: readonly string[], more: Record<string, string> = {}) =>
  site.app.request(path, {
    method: "POST",
    body: new URLSearchParams([...ids.map((id): [string, string] => ["run", id]), ...Object.entries(more)]),
    headers: {
      Host: "localhost:3000",
      Accept: "text/html",
      Cookie: site.cookie,
      "Sec-Fetch-Site": "same-origin",
    },
  });
const done = () =>
  expect.poll(async () => (await site.deps.storage.cleanings(1))[0]?.endedAt ?? null).not.toBeNull();

test("the page of storage says what takes room, that everything is kept, and what a rule would take before it does", async () => {
  const id = await over();
  const page = await text("/storage");
  for (const words of ["Everything is kept", "Long log lines", "are free. Below", "There was none yet."])
    expect(page).toContain(words);
  expect(await text("/storage/clean")).toContain("By the rules as they are, nothing.");
  const refused = await site.post("/storage/rules", {
    workflow: "",
    days: "-3",
    runs: "",
    logDays: "",
    hour: "4",
  });
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining("The days of runs must be a number"),
  ]);
  const said = await site.post("/storage/rules", { workflow: "quick", days: "", runs: "1", logDays: "" });
  expect([said.status, said.headers.get("Location")]).toEqual([303, "/storage/clean"]);
  const second = await over();
  expect(await text("/storage/clean")).toMatch(/A cleaning now would remove 1 run: about [\d.]+ kB\./);
  expect((await site.post("/storage/clean")).status).toBe(303);
  await done();
  expect([await site.store.run(id), (await site.store.run(second))?.run.id]).toEqual([null, second]);
  const after = await text("/storage");
  expect(after).toMatch(/<strong>1 run.*by Ada/s);
  expect(after).toContain("at most the newest 1 of a workflow");
  await site.post("/storage/rules", { workflow: "quick", does: "usual" });
  expect(await text("/storage")).toContain("Everything is kept");
  expect((await site.store.accounts.audits(3)).map(({ did }) => did)).toEqual([
    "said how long runs are kept",
    "cleaned up",
    "said how long runs are kept",
  ]);
});

test("programs say the same by the API, and only those that may do everything", async () => {
  const keep = { days: 30, runs: null, logDays: 7, exports: true };
  const put = await site.call("PUT", "/api/storage/rules", { keep, hour: 5 });
  expect(await put.json()).toEqual({ hour: 5, usual: keep, workflows: {} });
  expect(await (await site.call("GET", "/api/storage/clean")).json()).toEqual({
    workflows: [],
    files: 0,
    fileBytes: 0,
  });
  const { rules, bytes, cleanings } = (await (await site.call("GET", "/api/storage")).json()) as Record<
    string,
    object
  >;
  expect([rules, Object.keys(bytes ?? {}), Array.isArray(cleanings)]).toEqual([
    { hour: 5, usual: keep, workflows: {} },
    ["database", "exports", "logs", "apps", "crawls", "copies", "other"],
    true,
  ]);
  expect((await site.call("POST", "/api/storage/clean")).status).toBe(202);
  await done();
  const odd = await site.call("PUT", "/api/storage/rules", { keep: { ...keep, days: 0 } });
  expect(odd.status).toBe(400);
  await site.call("PUT", "/api/storage/rules", {
    keep: { days: null, runs: null, logDays: null, exports: false },
  });
});

test("a run whose log is gone says when and by which rule, on its pages, in its text and its report", async () => {
  const id = await over();
  await site.engine.trim(id, { days: 30, cleaning: 1 });
  const day = new Date().toISOString().slice(0, 10);
  const sentence = `The log up to ${day} was removed on that day by the rule of 30 days.`;
  for (const path of ["", "/log", "/log.txt", "/report.txt"])
    expect([path, await text(`/runs/${id}${path}`)]).toEqual([path, expect.stringContaining(sentence)]);
  expect(await text(`/runs/${id}`)).not.toContain("No step has written anything.");
  expect(await text(`/runs/${id}/history`)).toContain("Completed");
});

test("chosen runs are deleted only after one question that says what goes and what stays, without any script", async () => {
  const [one, two, asking] = [await over(), await over(), await site.asking("Ada")];
  expect(await text("/runs")).toContain('formaction="/runs/delete"');
  expect((await chosen("/runs/delete", [])).status).toBe(400);
  const question = await (await chosen("/runs/delete", [one, two, asking, "no-such-run"])).text();
  expect(question).toContain("Delete 2 runs?");
  expect(question).toContain("A run that is asking cannot be deleted.");
  expect(question).toContain("One of them is not there any more.");
  expect([...question.matchAll(/name="run" value="([^"]+)"/g)].map(([, id]) => id)).toEqual([one, two]);
  expect(await site.store.run(one)).not.toBeNull();
  const told = await (await chosen("/runs/delete", [one, two, asking], { sure: "yes" })).text();
  expect(told).toContain("2 runs are deleted.");
  expect([await site.store.run(one), await site.store.run(two)]).toEqual([null, null]);
  expect(await site.store.run(asking)).not.toBeNull();
  expect((await site.store.accounts.audits(2)).map(({ did }) => did)).toEqual([
    "deleted a run",
    "deleted a run",
  ]);
});

/** The same house on a disk with so many free bytes, of which 200 MB have to stay. */
const withFree = (freeBytes: number) =>
  openSite({
    store: site.store,
    deps: {
      storage: {
        ...site.deps.storage,
        room: async (): Promise<Room> => ({ freeBytes, totalBytes: 1e12, leastBytes: 2e8 }),
      },
    },
  });

test("little room is told on every page before work stops, and then that nothing new is begun", async () => {
  const pages = [
    "/",
    "/runs",
    "/exports",
    "/apps",
    "/connections",
    "/settings",
    "/storage",
    "/workflows/colours",
    "/find",
    "/people",
  ];
  for (const [free, words] of [
    [9e8, "Below 200 MB nothing new is begun."],
    [1e8, "so nothing new is begun"],
  ] as const) {
    const low = await withFree(free);
    for (const path of pages) {
      const page = await (await low.get(path)).text();
      expect([path, page]).toEqual([path, expect.stringContaining('id="low-room"')]);
      expect(page).toContain(words);
    }
    await low.engine.close();
  }
  for (const path of pages) expect(await text(path)).not.toContain('id="low-room"');
});

test("/readyz says why not, as text and as JSON, without a path of this machine", async () => {
  const ask = (of: Site, Accept: string) => of.get("/readyz", { cookie: null, headers: { Accept } });
  expect(await (await ask(site, "text/plain")).text()).toBe("ready\n");
  expect(await (await ask(site, "application/json")).json()).toEqual({ ready: true, faults: [] });
  const full = await withFree(1e8);
  const because = "Only 100 MB are free, and nothing new is begun below 200 MB.";
  const answer = await ask(full, "text/plain");
  expect([answer.status, await answer.text()]).toEqual([503, `${because}\n`]);
  expect(await (await ask(full, "application/json")).json()).toEqual({
    ready: false,
    faults: [{ what: "disk", because }],
  });
  await full.engine.close();
  const broken = await openSite({
    deps: { store: { ...site.store, healthy: () => Promise.reject(new Error("EIO: /home/ada/data")) } },
  });
  const told = await (await ask(broken, "application/json")).text();
  expect(told).toContain("The store cannot be written.");
  expect(told).not.toContain("/home");
  await broken.close();
});

test("/metrics count how runs ended by workflow and how often the time left held, and tell disk, queue and process", async () => {
  const counted = await openSite({ workflows: [quick, colours()] });
  const value = async (line: string) => {
    const found = (await (await counted.get("/metrics")).text())
      .split("\n")
      .find((one) => one.startsWith(`${line} `));
    return found === undefined ? null : Number(found.slice(line.length + 1));
  };
  const completed = 'milepost_runs_ended_total{workflow="quick",outcome="completed"}';
  const cancelled = 'milepost_runs_ended_total{workflow="colours",outcome="cancelled"}';
  expect([await value(completed), await value(cancelled)]).toEqual([0, 0]);
  for (let run = 0; run < 3; run++) {
    const { runId } = await counted.engine.start("quick", {}, "Ada");
    await counted.engine.settled(runId, 10_000, AbortSignal.timeout(10_000));
  }
  await counted.engine.cancel(await counted.asking("Ada"), "Ada");
  expect([await value(completed), await value(cancelled)]).toEqual([3, 1]);
  await expect.poll(() => value("milepost_time_left_checked_total")).toBeGreaterThan(0);
  expect(await value("milepost_time_left_held_total")).toBeLessThanOrEqual(
    (await value("milepost_time_left_checked_total")) ?? 0,
  );
  for (const line of [
    "milepost_disk_free_bytes",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
  ])
    expect([line, await value(line)]).toEqual([line, expect.any(Number)]);
  expect(await value("milepost_queue_wait_seconds")).toBe(0);
  await expect.poll(() => value('milepost_disk_used_bytes{kind="database"}')).not.toBeNull();
  // Every line is as Prometheus reads it.
  const all = await (await counted.get("/metrics")).text();
  for (const line of all.trimEnd().split("\n"))
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?[\d.]+(e[+-]?\d+)?)$/,
    );
  await counted.close();
});
