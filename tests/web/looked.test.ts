import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { flow, realClock } from "../engine/world.ts";
import { openSite, type Site } from "./site.ts";

const second = 1_000;
let at = 1_700_000_000_000;
/** A clock that only the test moves; timers run in real time. */
const clock: Clock = { now: () => at, after: realClock.after };
const pass = (ms: number) => {
  at += ms;
};

/** What the steps of the next run take; one of null goes on until it is let. */
let takes: readonly (number | null)[] = [];
let go = () => {};
const step = (index: number) => async () => {
  const ms = takes[index] ?? null;
  if (ms === null)
    await new Promise<void>((resolve) => {
      go = resolve;
    });
  else pass(ms);
};

let site: Site;
beforeAll(async () => {
  const two = flow()
    .do("a", "First part", { run: step(0) })
    .ask("q", "Go on?", { form: async () => ({ fields: [], submit: "Go on" }), read: () => true })
    .do("b", "Second part", { run: step(1) })
    .do("c", "Third part", { run: step(2) })
    .hands(() => ({ sentence: "Done." }));
  site = await openSite({ workflows: [two], world: { overrides: { clock } }, deps: { clock } });
  takes = [100 * second, 100 * second, 100 * second];
  for (let run = 0; run < 4; run++) await goOn(await begin());
});
afterAll(() => site.close());

const stateOf = async (id: string) => (await site.store.run(id))?.run.state;
const settled = (id: string) => site.engine.settled(id, 10_000, new AbortController().signal);
const begin = async (): Promise<string> => {
  const { runId } = await site.engine.start("flow", {}, "Ada");
  await settled(runId);
  return runId;
};
const goOn = async (id: string) => {
  await site.engine.answer(id, "q", {}, "Ada");
  await settled(id);
};

/** A browser: it keeps what it was given for this run's pages. */
const browser = (session = site.cookie) => {
  let kept = "";
  return async (path: string): Promise<string> => {
    const answer = await site.get(path, { cookie: kept === "" ? session : `${session}; ${kept}` });
    expect(answer.status).toBe(200);
    kept = /milepost-looked-[^=]+=[\d.]+/.exec(answer.headers.get("Set-Cookie") ?? "")?.[0] ?? kept;
    const line = /<p id="run-looked".*?>(.*?)<\/p>/s.exec(await answer.text())?.[1] ?? "no line";
    return line.replaceAll(/<[^>]*>/g, "");
  };
};

test("who comes back is told how the time changed since they looked in this browser, and why; who did not look away is not", async () => {
  takes = [100 * second, 300 * second, null];
  const id = await begin();
  const page = `/runs/${id}`;
  const [one, other, third] = [browser(), browser(await site.newSession()), browser()];
  await site.engine.answer(id, "q", {}, "Ada");
  await expect.poll(async () => (await site.engine.picture(id)).steps[3]?.state).toBe("running");
  // Both look before the second part has taken so long: what was told then is what pages said at its start.
  expect(await one(page)).toBe("");
  expect(await third(page)).toBe("");
  pass(10 * second);
  expect(await one(page)).toBe("");
  pass(200 * second);
  const told = await one(page);
  expect(told).toMatch(/^Since you last looked, 3 min ago, it became longer: .* in all, and you were told /);
  expect(told).toContain("“Third part” takes longer than usual.");
  // It stays while they look, also for a page that was left open and asks for it; whoever never looked is told nothing.
  pass(5 * second);
  expect(await one(`${page}/progress?looked=1`)).toMatch(
    /^Since you last looked, 3 min ago, it became longer/,
  );
  expect(await other(page)).toBe("");
  pass(400 * second);
  go();
  await settled(id);
  expect(await stateOf(id)).toBe("completed");
  pass(600 * second);
  expect(await third(page)).toMatch(
    /^Since you last looked, 20 min ago, it was completed after 16 min 55 s of work; /,
  );
  pass(600 * second);
  // They have seen its end.
  expect(await third(page)).toBe("");
});

test("what a browser brings that it was not given, and what another person was shown in it, is nobody's last look", async () => {
  takes = [100 * second, 100 * second, 100 * second];
  const id = await begin();
  const shown = async (looked: string) => {
    const answer = await site.get(`/runs/${id}`, { cookie: `${site.cookie}; ${looked}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Set-Cookie")).toMatch(
      /^milepost-looked-owner=[\d.]+; Max-Age=\d+; Path=\/runs\/[^;]+; SameSite=Lax$/,
    );
    return answer.text();
  };
  for (const looked of [
    "milepost-looked-owner=<script>",
    "milepost-looked-owner=1.2.3",
    "milepost-looked-owner=-1.9.9.9",
    "milepost-looked-somebody=0.0.1600000000000.1000",
  ])
    expect(await shown(looked)).not.toContain("Since you last looked");
});
