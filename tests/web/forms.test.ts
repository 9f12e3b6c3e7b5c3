import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { select } from "#core/field-choices.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { colours, openSite, type Site } from "./site.ts";

const hostile = '<img src=x onerror="alert(1)">';
const escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;";
const htmx = { headers: { "HX-Request": "true" } };

/** Its question cannot be read because the other side does not answer. */
const unreachable = workflow("unreachable", "Unreachable", "For tests.", start({ subject: () => "" }))
  .ask("site", "Which site?", {
    form: ({ draft }) => ({
      fields: [{ kind: "text", name: "site", label: "Site", value: String(draft?.site ?? "") }],
      submit: "Answer",
    }),
    read: () => {
      throw new AppError("unreachable", "The other side does not answer.");
    },
  })
  .hands(() => ({ sentence: "Done." }));

/** Nothing can be chosen in what starts it. */
const nothingYet = workflow(
  "nothing-yet",
  "Nothing yet",
  "For tests.",
  start({
    fields: [select("app", "App", { options: () => [], whenEmpty: "There is no app yet." })],
    submit: "Change it",
    subject: () => "",
  }),
)
  .do("change", "Change it", { run: async () => "done" })
  .hands(() => ({ sentence: "Done." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [colours(true), unreachable, nothingYet] });
});
afterAll(() => site.close());

const stateOf = async (runId: string) => (await site.engine.picture(runId)).state;
const answerPath = (runId: string) => `/runs/${runId}/steps/colour/answer`;

test("starting a run leads to its page", async () => {
  const answer = await site.post("/workflows/colours/runs", { name: "A start" });
  expect(answer.status).toBe(303);
  const path = answer.headers.get("Location") ?? "";
  expect(path).toMatch(/^\/runs\/\w+$/);
  expect(await (await site.get(path)).text()).toContain("A start");
});

test("where nothing can be chosen that starts a run, the page says why and offers no button that would be refused", async () => {
  const page = await (await site.get("/workflows/nothing-yet")).text();
  expect(page).toContain("There is no app yet.");
  expect(page).not.toContain('id="start-submit"');
  expect(page).not.toContain('action="/workflows/nothing-yet/runs"');
});

test("whoever presses Start or Run again several times on a slow line gets one run, and another start is another one", async () => {
  const start = (name: string) => site.post("/workflows/colours/runs", { name, "milepost-once": "yes" });
  const led = (answers: readonly Response[]) => new Set(answers.map((one) => one.headers.get("Location")));
  const runs = led(await Promise.all([start("Ada M."), start("Ada M."), start("Ada M.")]));
  expect([...runs]).toEqual([expect.stringMatching(/^\/runs\/\w+$/)]);
  const late = await start("Ada M.");
  expect(led([late])).toEqual(runs);
  expect(led([await start("Bo M.")])).not.toEqual(runs);
  const [path] = runs;
  const again = () => site.post(`${path}/clone`, { "milepost-once": "yes" });
  expect(led(await Promise.all([again(), again()])).size).toBe(1);
  // What was refused was no press: it can be pressed at once.
  const wrong = await Promise.all([start(""), start("")]);
  expect(wrong.map(({ status }) => status)).toEqual([400, 400]);
});

test("a run is found by its workflow and number, on pages and by programs; a number that nobody has is not found", async () => {
  const started = await site.post("/workflows/colours/runs", { name: "Numbered" });
  const path = started.headers.get("Location") ?? "";
  const page = await (await site.get(path)).text();
  const [, short = "", number = ""] = /href="(\/workflows\/colours\/(\d+))"/.exec(page) ?? [];
  expect(page).toContain(`#${number}`);
  expect((await site.get(short)).headers.get("Location")).toBe(path);
  const told = await (await site.get(`/api/workflows/colours/runs/${number}`)).json();
  expect(told).toMatchObject({ id: path.split("/").at(-1), number: Number(number) });
  expect((await site.get("/workflows/colours/999999")).status).toBe(404);
  expect((await site.get("/api/workflows/colours/runs/999999")).status).toBe(404);
});

test("an address fills in the form that starts a run, as text and nothing more", async () => {
  const page = await (await site.get(`/workflows/colours?name=${encodeURIComponent(hostile)}`)).text();
  expect(page).toContain(`value="${escaped}"`);
  expect(page).not.toContain(hostile);
});

test("a start that cannot be used shows the form again with all that was typed and what is wrong with which field", async () => {
  const answer = await site.post("/workflows/colours/runs", { name: "  " });
  const page = await answer.text();
  expect(answer.status).toBe(400);
  expect(page).toContain("Give it a name.");
  expect(page).toMatch(/name="name"[^>]*aria-invalid="true"/);
});

test("the same start twice shows the run that holds the name, and keeps what was typed", async () => {
  const first = await site.post("/workflows/colours/runs", { name: "Only once" });
  const runPath = first.headers.get("Location") ?? "";
  const second = await site.post("/workflows/colours/runs", { name: "Only once" });
  const page = await second.text();
  expect(second.status).toBe(409);
  expect(page).toContain(`href="${runPath}"`);
  expect(page).toContain('value="Only once"');
});

test("an answer moves the run on: a plain form is led to the run, htmx gets what its page lacks", async () => {
  const plain = await site.asking("plain");
  const led = await site.post(answerPath(plain), { colour: "red" });
  expect([led.status, led.headers.get("Location")]).toEqual([303, `/runs/${plain}`]);
  const live = await site.asking("live");
  const fragment = await site.post(answerPath(live), { colour: "blue" }, htmx);
  const body = await fragment.text();
  expect(fragment.status).toBe(200);
  expect(body).toMatch(/^<title>[^<]*<\/title><hx-partial id="freshness"/);
  expect(body).toContain("blue");
  expect(body).not.toContain('name="colour"');
});

test("a wrong answer comes back with 422, the form, what was typed and the error at its field; nothing is answered", async () => {
  const runId = await site.asking("wrong");
  for (const asked of [{}, htmx]) {
    const answer = await site.post(answerPath(runId), { colour: "mauve" }, asked);
    const body = await answer.text();
    expect(answer.status).toBe(422);
    expect(body).toContain("Only red and blue are colours here.");
    expect(body).toMatch(
      /<input[^>]*name="colour"[^>]*value="mauve"|<input[^>]*value="mauve"[^>]*name="colour"/,
    );
    expect(body).toContain('aria-invalid="true"');
    expect(body.startsWith("<!doctype html>")).toBe(asked !== htmx);
  }
  expect((await site.post(answerPath(runId), { colour: "" }, htmx)).status).toBe(422);
  expect(await stateOf(runId)).toBe("asking");
});

test("a button that redraws shows the form anew with the values so far, with and without JavaScript, and answers nothing", async () => {
  const runId = await site.asking("redraw");
  const before = await site.engine.version(runId);
  for (const asked of [{}, htmx]) {
    const answer = await site.post(answerPath(runId), { colour: "re", press: "redraw:more" }, asked);
    const body = await answer.text();
    expect(answer.status).toBe(200);
    expect(body).toContain("pressed more");
    expect(body).toContain('value="re"');
  }
  expect(await site.engine.version(runId)).toBe(before);
});

test("an answer that the other side keeps from being read loses nothing that was typed", async () => {
  const { runId } = await site.engine.start("unreachable", {}, "Ada");
  while ((await stateOf(runId)) !== "asking") await new Promise((resolve) => setImmediate(resolve));
  const plain = await site.post(`/runs/${runId}/steps/site/answer`, { site: "typed so far" });
  const page = await plain.text();
  expect(plain.status).toBe(502);
  expect(page).toContain("The other side does not answer.");
  expect(page).toContain('value="typed so far"');
  const live = await site.post(`/runs/${runId}/steps/site/answer`, { site: "typed" }, htmx);
  expect(live.status).toBe(502);
  expect(await live.text()).toMatch(/^<p class="note[^>]*>The other side does not answer/);
});

test("of two who answer, the second is told that it was answered", async () => {
  const runId = await site.asking("two");
  await site.post(answerPath(runId), { colour: "red" });
  const second = await site.post(answerPath(runId), { colour: "blue" });
  expect(second.status).toBe(409);
  expect(await second.text()).toContain("answered already: red");
});

test("every control does its verb and leads back to the run; one that makes no sense now says why", async () => {
  const runId = await site.asking("controls");
  const press = async (verb: string) => (await site.post(`/runs/${runId}/${verb}`)).status;
  expect(await press("pause")).toBe(303);
  expect(await stateOf(runId)).toBe("paused");
  expect(await press("resume")).toBe(303);
  expect(await stateOf(runId)).toBe("asking");
  expect(await press("undo")).toBe(409);
  expect(await press("cancel")).toBe(303);
  expect(await stateOf(runId)).toBe("cancelled");
  expect(await press("finalize")).toBe(303);
  expect((await site.engine.picture(runId)).finalizedAt).not.toBeNull();
  const refused = await site.post(`/runs/${runId}/rewind?to=colour`, {}, htmx);
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain("read-only");
  expect(await press("unlock")).toBe(303);
  expect(await press("rewind")).toBe(400);
  expect((await site.post(`/runs/${runId}/rewind?to=colour`, {}, htmx)).status).toBe(409);
  const retried = await site.post(`/runs/${runId}/retry`, {}, htmx);
  expect(retried.status).toBe(200);
  expect(await retried.text()).toContain('<hx-partial id="step-list"');
  expect((await site.post(`/runs/${runId}/steps/colour/skip`)).status).toBe(409);
  expect((await site.post(`/runs/${runId}/steps/nothing/retry`)).status).toBe(404);
  expect((await site.post(`/runs/${runId}/steps/colour/retry`)).status).toBe(409);
  expect((await site.post(`/runs/${runId}/explode`)).status).toBe(404);
});

test("foreign text is shown as text on every page, fragment and error", async () => {
  const runId = await site.asking(hostile);
  await site.post(answerPath(runId), { colour: hostile });
  const wrong = await site.post(answerPath(runId), { colour: hostile });
  const bodies = [
    await wrong.text(),
    ...(await Promise.all(
      [
        "/",
        "/runs",
        `/runs/${runId}`,
        `/runs/${runId}/progress?v=0`,
        `/runs/${runId}/history`,
        `/runs?search=${encodeURIComponent(hostile)}`,
        `/exports?search=${encodeURIComponent(hostile)}`,
        `/connections/new?kind=${encodeURIComponent(hostile)}`,
      ].map(async (path) => (await site.get(path)).text()),
    )),
  ];
  for (const body of bodies) expect(body).not.toContain("<img");
  for (const body of bodies.slice(0, 3)) expect(body).toContain(escaped);
});

test("a field named like a part of every object is a field like others", async () => {
  const answer = await site.post("/workflows/colours/runs", { __proto__x: "1", constructor: "2", name: "" });
  expect(answer.status).toBe(400);
});

test("the log of a run is plain text, never a page", async () => {
  const answer = await site.get(`/runs/${await site.asking("log")}/log.txt`);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
});

test("lists take filters from the address, and an odd one shows everything instead of an error", async () => {
  await site.asking("Findable");
  expect(await (await site.get("/runs?search=findable&state=asking&workflowId=colours")).text()).toContain(
    "Findable",
  );
  expect(await (await site.get("/runs?search=findable&state=failed")).text()).not.toContain("Findable</");
  for (const odd of [
    "/runs?state=purple",
    "/exports?state=purple",
    "/runs?after=nothing",
    "/exports?after=nothing",
  ])
    expect([odd, (await site.get(odd)).status]).toEqual([odd, 200]);
});

test("a form that arrives damaged is refused with a sentence, one that is too large with its own", async () => {
  const send = (body: string) =>
    site.app.request("/workflows/colours/runs", {
      method: "POST",
      body,
      headers: {
        Host: "localhost:3000",
        Cookie: site.cookie,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "multipart/form-data; boundary=x",
      },
    });
  const damaged = await send("no part of a form");
  expect(damaged.status).toBe(400);
  expect(await damaged.text()).toContain("arrived damaged");
  expect((await send("x".repeat(1024 * 1024 + 1))).status).toBe(413);
});

test("a form with more fields than any has is refused before it is taken apart, in either way to send one", async () => {
  const many = Array.from({ length: 6_000 }, (_, at) => `f${at}`);
  const status = async (type: string, body: string) =>
    (
      await site.app.request("/workflows/colours/runs", {
        method: "POST",
        body,
        headers: {
          Host: "localhost:3000",
          Cookie: site.cookie,
          "Sec-Fetch-Site": "same-origin",
          "Content-Type": type,
        },
      })
    ).status;
  const plain = (names: string[]) => names.map((name) => `${name}=1`).join("&");
  const parts = (names: string[]) =>
    names
      .map((name) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n`)
      .join("")
      .concat("--x--\r\n");
  const [form, multipart] = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
  expect([await status(form, plain(many)), await status(multipart, parts(many))]).toEqual([413, 413]);
  expect([await status(form, plain(["f"])), await status(multipart, parts(["f"]))]).toEqual([400, 400]);
});
