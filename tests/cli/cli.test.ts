import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { many, select } from "#core/field-choices.ts";
import { secret, text } from "#core/field-kinds.ts";
import { item, start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { listen } from "../web/listen.ts";
import { colours, openSite, presetToken, type Site } from "../web/site.ts";
import { milepost } from "./cli.ts";

/** Ends when it is told to: "well", "badly", or never. */
const ends = (finish: Promise<void>): Workflow =>
  workflow(
    "ends",
    "Ends",
    "For tests.",
    start({
      fields: [text("how", "How", { required: true }), secret("key", "Key")],
      subject: ({ how }) => how,
    }),
  )
    .do("work", "Work", {
      run: async ({ input, log, signal }) => {
        log("begun");
        if (input.how === "badly") throw new AppError("remote-refused", "The other side said no.");
        const stopped = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
        if (input.how === "never") await Promise.race([finish, stopped]);
        log("\u001b[31mdone\u001b[0m");
      },
    })
    .hands(() => ({ sentence: "It is done." }));

/** Two lists to choose from; one entry has a comma in what it is called. */
const chooses = (): Workflow =>
  workflow(
    "chooses",
    "Chooses",
    "For tests.",
    start({
      fields: [
        select("size", "Size", {
          options: [
            { value: "s", label: "Small" },
            { value: "l", label: "Large" },
          ],
        }),
        many("where", "Where", {
          options: [
            { value: "1", label: "web1" },
            { value: "2", label: "web2" },
            { value: "3", label: "db, main" },
          ],
        }),
      ],
      subject: () => "",
    }),
  )
    .do("say", "Say", {
      readsOnly: true,
      run: async ({ input }) => `${input.size} on ${input.where.join("+")}`,
    })
    .hands((_input, { say }) => ({ sentence: say }));

const listOfThree = (): Workflow =>
  workflow("many", "Many", "For tests.", start({ fields: [], subject: () => "" }))
    .each("all", "All", {
      flow: workflow("one", "One", "For tests.", item<number>())
        .do("do", "Do", { readsOnly: true, run: async () => {} })
        .hands(() => ({ sentence: "" })),
      of: () => [1, 2, 3].map((n) => ({ key: `${n}`, input: n })),
      atOnce: 1,
    })
    .hands(() => ({ sentence: "" }));

/** Asks twice. */
const asksTwice = (): Workflow =>
  workflow("twice", "Twice", "For tests.", start({ fields: [], subject: () => "" }))
    .ask("first", "First?", { form: () => ({ fields: [], submit: "Yes" }), read: () => "yes" })
    .ask("second", "Second?", { form: () => ({ fields: [], submit: "Yes" }), read: () => "yes" })
    .hands(() => ({ sentence: "" }));

const agrees = (): Workflow =>
  workflow("agrees", "Agrees", "For tests.", start({ fields: [], subject: () => "" }))
    .approve("agree", "Remove it?", { about: () => ({ what: "It goes.", risk: "high", impact: [] }) })
    .hands(() => ({ sentence: "" }));

let site: Site;
let at: { url: string; token: string };
let close: () => void;
let finish: () => void;

beforeEach(async () => {
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  site = await openSite({
    workflows: [colours(), ends(finished), chooses(), listOfThree(), asksTwice(), agrees()],
  });
  const server = await listen(site);
  at = { url: `${server.origin}/`, token: presetToken };
  close = () => server.close();
});
afterEach(async () => {
  finish();
  close();
  await site.close();
});

test("a run that is started and watched says each change in a line, and ends as the run does", async () => {
  const well = await milepost(at, ["start", "ends", "how=well", "--wait"]);
  expect(well).toMatchObject({ code: 0, out: expect.stringContaining("“Work” is running.\n") });
  expect(well.out).toContain("Completed: Ends #1 · It is done.\n");
  expect(well.out).not.toContain("\r");
  const badly = await milepost(at, ["start", "ends", "how=badly", "--wait"]);
  expect(badly).toMatchObject({ code: 1, out: expect.stringContaining("The other side said no.") });
  expect(await milepost(at, ["watch", "ends#1"])).toMatchObject({ code: 0 });
  expect(await milepost(at, ["watch", `${at.url}workflows/ends/2`])).toMatchObject({ code: 1 });
});

test("of a run that was tried again all is shown, to its last end", async () => {
  await milepost(at, ["start", "ends", "how=badly", "--wait"]);
  await milepost(at, ["retry", "ends#1"]);
  for (const _ of [1, 2]) {
    const { out } = await milepost(at, ["watch", "ends#1"]);
    expect(out.match(/The run went from running to failed/g)).toHaveLength(2);
  }
});

test("a person sees a line for each step and one that is redrawn", async () => {
  const { code, out } = await milepost(at, ["start", "ends", "--wait"], { types: ["well", ""] });
  expect(code).toBe(0);
  expect(out).toContain("How: ");
  expect(out).toContain("✓ 1/1 Work");
  expect(out).toContain("\r\u001b[2K");
});

test("a person who slips is asked again for that alone, whoever finds it", async () => {
  const start = (...types: string[]) => milepost(at, ["start", "ends"], { types });
  expect(await start("", "well", "")).toMatchObject({
    code: 0,
    err: expect.stringContaining("Fill in “How”."),
  });
  const asked = await site.asking();
  expect(await milepost(at, ["answer", asked], { types: ["green", "red"] })).toMatchObject({
    code: 0,
    err: expect.stringContaining("Only red and blue are colours here."),
  });
});

test("entries of a list are given as they are called, several with commas", async () => {
  const start = (...words: string[]) => milepost(at, ["start", "chooses", ...words, "--wait"]);
  expect((await start("size=Large", "where=web1,2", "where=db, main")).out).toContain("l on 1+2+3");
  expect((await start("size=s", "where=2", "where=web1")).out).toContain("s on 2+1");
  expect(await start("size=Huge")).toMatchObject({ code: 2 });
});

test("of a list of items a program hears how many are over, each number once", async () => {
  const { out } = await milepost(at, ["start", "many", "--wait"]);
  const counted = [...out.matchAll(/“All”: items \d+ % · (\d) of 3$/gm)].map(([, n]) => Number(n));
  expect(counted.length).toBeGreaterThan(1);
  expect(counted).toEqual([...new Set(counted)].sort());
});

test("each way to end has its own code, for scripts", async () => {
  expect((await milepost(at, ["start", "ends"])).code).toBe(2);
  expect(await milepost(at, ["start", "ends", "hwo=well"])).toMatchObject({
    code: 2,
    err: "There is no field “hwo”. It asks for: how, key.\n",
  });
  expect((await milepost(at, ["start", "no-such"])).code).toBe(2);
  expect((await milepost(at, ["completion", "csh"])).code).toBe(2);
  expect((await milepost(at, ["watch", "ends#1", "--limit", "soon"])).code).toBe(2);
  expect((await milepost({ ...at, url: "http://127.0.0.1:9/" }, ["list"])).code).toBe(3);
  expect(await milepost({ ...at, token: "another" }, ["list"])).toMatchObject({
    code: 4,
    err: expect.stringContaining("does not know this token"),
  });
  expect((await milepost(at, ["start", "colours", "name=x", "--wait", "--no-people"])).code).toBe(6);
  expect(await milepost(at, ["start", "ends", "how=never", "--wait", "--limit", "1s"])).toMatchObject({
    code: 124,
    err: expect.stringContaining("The run goes on: milepost watch"),
  });
  const watching = milepost(at, ["watch", "ends#1"]);
  expect(await milepost(at, ["cancel", "ends#1"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Ends #1: Cancelled\b/),
  });
  expect((await watching).code).toBe(5);
});

test("who has nobody to answer is told what is asked now, not what was asked and answered before", async () => {
  const first = await milepost(at, ["start", "twice", "--wait", "--no-people"]);
  expect([first.code, first.out]).toEqual([6, expect.stringContaining("“First?” is asking.")]);
  expect((await milepost(at, ["answer", "twice#1"])).code).toBe(0);
  const second = await milepost(at, ["watch", "twice#1", "--no-people"]);
  expect([second.code, second.out]).toEqual([6, expect.stringContaining("“Second?” is asking.")]);
});

test("Ctrl+C leaves the run going; a second one asks whether to cancel it", async () => {
  const { runId } = await site.engine.start("ends", { how: "never" }, "Ada");
  const one = await milepost(at, ["watch", runId], { presses: (press) => setTimeout(press, 50) });
  expect(one).toMatchObject({ code: 130, err: expect.stringContaining("The run goes on") });
  expect((await site.store.run(runId))?.run.wish).toBe(null);
  const twice = await milepost(at, ["watch", runId], {
    types: ["yes"],
    presses: (press) => setTimeout(() => [press(), press()], 50),
  });
  expect(twice.code).toBe(5);
  expect(twice.out).toContain("Cancel the run? [y/N] ");
});

test("a question is answered with values or in the terminal, and only what is asked for", async () => {
  const id = await site.asking();
  expect(await milepost(at, ["answer", id, "color=red"])).toMatchObject({ code: 2 });
  expect(await milepost(at, ["approve", id])).toMatchObject({
    code: 2,
    err: expect.stringContaining("asks for more than a yes"),
  });
  expect(await milepost(at, ["answer", id, "colour=green"])).toMatchObject({
    code: 2,
    err: "Only red and blue are colours here.\n",
  });
  expect(await milepost(at, ["answer", id], { types: ["red"] })).toMatchObject({ code: 0 });
  expect((await milepost(at, ["watch", id])).code).toBe(0);
  expect(await milepost(at, ["answer", id, "colour=red"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("asks nothing at the moment: it is completed"),
  });
});

test("where nobody sits at the terminal a go-ahead is given or refused by name only", async () => {
  await milepost(at, ["start", "agrees", "--wait", "--no-people"]);
  expect(await milepost(at, ["answer", "agrees#1"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("use milepost approve, or --press with one of: "),
  });
  expect(await milepost(at, ["watch", "agrees#1", "--no-people"])).toMatchObject({ code: 6 });
  expect(await milepost(at, ["approve", "agrees#1"])).toMatchObject({ code: 0 });
  expect(await milepost(at, ["watch", "agrees#1"])).toMatchObject({ code: 0 });
});

test("the log is printed once and followed to its end, without what a terminal obeys", async () => {
  const { runId } = await site.engine.start("ends", { how: "never" }, "Ada");
  const followed = milepost(at, ["log", runId, "-f"]);
  setTimeout(finish, 100);
  const { code, out } = await followed;
  expect(code).toBe(0);
  expect(out.match(/begun/g)).toHaveLength(1);
  expect(out).toContain("done");
  expect(out).not.toContain("\u001b");
});

test("all runs that failed are tried again at once, or one that is named; which of the two has to be clear", async () => {
  for (const how of ["badly", "badly", "well"]) await milepost(at, ["start", "ends", `how=${how}`, "--wait"]);
  const again = await milepost(at, ["retry", "--failed", "--workflow", "ends"]);
  expect([again.code, again.out.match(/^Ends #[12]: /gm)?.length]).toEqual([0, 2]);
  expect(await milepost(at, ["retry", "ends#3"])).toMatchObject({ code: 2 });
  expect(await milepost(at, ["retry"])).toMatchObject({ code: 2, err: expect.stringContaining("--failed") });
  expect(await milepost(at, ["retry", "ends#1", "--new-file"])).toMatchObject({ code: 2 });
});

test("lists are tables for people and JSON for programs", async () => {
  expect((await milepost(at, ["list"])).err).toBe("There are no runs yet.\n");
  expect((await milepost(at, ["list", "--state", "failed"])).err).toBe("There are no such runs.\n");
  await milepost(at, ["start", "ends", "how=badly", "--wait"]);
  expect((await milepost(at, ["list"])).out).toMatch(/^ends#1 +Failed .*The other side said no\.\n$/);
  const { out } = await milepost(at, ["list", "--json", "--state", "failed"]);
  expect(JSON.parse(out)).toMatchObject([{ workflowId: "ends", number: 1, state: "failed" }]);
  expect((await milepost(at, ["workflows"])).out).toContain("colours  Colours");
});

test("a hundred starts under one key at once are one run; something else under it is refused", async () => {
  const start = (how: string) =>
    site.call("POST", "/api/workflows/ends/runs", { values: { how } }, { "Idempotency-Key": '"k-1"' });
  const answers = await Promise.all(Array.from({ length: 100 }, () => start("well")));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const ids = await Promise.all(answers.map(async (one) => ((await one.json()) as { id: string }).id));
  expect(new Set(ids).size).toBe(1);
  expect((await site.store.runs({ limit: 10 })).rows).toHaveLength(1);
  const replayed = answers.filter(({ headers }) => headers.get("Idempotency-Replayed") === "true");
  expect(replayed).toHaveLength(99);
  const other = await start("badly");
  expect([other.status, await other.json()]).toMatchObject([
    422,
    { error: { code: "key-reused", runId: ids[0] } },
  ]);
  const again = await site.call("POST", `/api/runs/${ids[0]}/clone`, {}, { "Idempotency-Key": "two" });
  const once = await site.call("POST", `/api/runs/${ids[0]}/clone`, {}, { "Idempotency-Key": "two" });
  expect(await once.json()).toMatchObject({ id: ((await again.json()) as { id: string }).id });
  const bad = await site.call("POST", "/api/workflows/ends/runs", {}, { "Idempotency-Key": "a b" });
  expect(bad.status).toBe(400);
});

test("a start whose answer is lost on the way is asked for again, and is one run", async () => {
  let lost = 0;
  const proxy = createServer((asker) => {
    const server = connect(Number(new URL(at.url).port), "127.0.0.1", () => asker.pipe(server));
    asker.on("error", () => {});
    server.on("error", () => {});
    server.on("data", (answer) => {
      // What was kept is kept; only the answer does not arrive.
      if (lost === 0 && answer.includes("202 Accepted")) {
        lost += 1;
        asker.destroy();
      } else asker.write(answer);
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  expect(await milepost({ ...at, url }, ["start", "ends", "how=well"])).toMatchObject({
    code: 0,
    err: expect.stringContaining("Started: "),
  });
  expect(lost).toBe(1);
  expect((await site.store.runs({ limit: 10 })).rows).toHaveLength(1);
  proxy.close();
});

test("schedules are made, also like a run, listed with their next times, paused, resumed and removed", async () => {
  const cron = ["--cron", "0 7 * * MON", "--zone", "Europe/Berlin"];
  const made = await milepost(at, ["schedules", "add", "Weekly", "ends", "how=well", ...cron]);
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Weekly: every Monday at 07:00 \(Europe\/Berlin\)/),
  });
  await milepost(at, ["start", "ends", "how=well", "--wait"]);
  const again = ["Again", "ends", "--like", "ends#1", "--pause-after", "3", ...cron, "--json"];
  const like = await milepost(at, ["schedules", "add", ...again]);
  expect(JSON.parse(like.out)).toMatchObject({ name: "Again", pauseAfter: 3, values: { how: "well" } });
  await milepost(at, ["schedules", "remove", "Again"]);
  const next = await milepost(at, ["schedules", "next", "Weekly", "--json"]);
  expect((JSON.parse(next.out) as { next: number[] }).next).toHaveLength(5);
  expect((await milepost(at, ["schedules", "pause", "Weekly"])).out).toContain("paused:");
  expect((await milepost(at, ["schedules"])).out).toMatch(/^Weekly +ends +every Monday .* paused: /);
  expect((await milepost(at, ["schedules", "resume", "Weekly"])).out.split("\n")).toHaveLength(7);
  expect(await milepost(at, ["schedules", "remove", "Weekly"])).toMatchObject({
    code: 0,
    out: "Weekly: removed\n",
  });
  expect(await milepost(at, ["schedules"])).toMatchObject({ code: 0, out: "" });
  expect(await milepost(at, ["schedules", "next", "Weekly"])).toMatchObject({ code: 2 });
  expect(await milepost(at, ["schedules", "add", "Odd", "ends", "how=well"])).toMatchObject({ code: 2 });
  expect(
    await milepost(at, ["schedules", "add", "Odd", "ends", "how=well", "--cron", "hourly"]),
  ).toMatchObject({
    code: 2,
  });
  const worded = (words: string) =>
    milepost(at, ["schedules", "add", "Worded", "ends", "how=well", "--when", words, "--zone", "UTC"]);
  expect((await worded("weekdays 18:30")).out).toMatch(/^Worded: every weekday at 18:30 \(UTC\)/);
  expect(await worded("every Monday")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Say at what time of day, too"),
  });
});
