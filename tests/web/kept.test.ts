import { afterAll, beforeAll, expect, test } from "vitest";
import { secret, text } from "#core/field-kinds.ts";
import { question } from "#core/question.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

/** What the question offers now; an answer holds again while it is among it. */
let offered = ["red", "blue"];

const paint = workflow(
  "paint",
  "Paint a wall",
  "Asks for a colour.",
  start({
    fields: [text("wall", "Wall", { required: true }), secret("key", "Key", { required: true })],
    subject: ({ wall }) => wall,
  }),
)
  .ask("colour", "Which colour?", {
    ...question({
      fields: [
        text("colour", "Colour", {
          required: true,
          shape: { is: /./, says: "Say a colour." },
        }),
      ],
      answer: ({ colour }) => colour,
      former: (colour) => ({ colour }),
    }),
    holdsAgain: (now, then) => now === then && offered.includes(now),
    detail: (colour) => colour,
  })
  .do("paint", "Paint", { run: async () => "painted", weightMs: 1 })
  .hands(() => ({ sentence: "All is painted." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [paint] });
});
afterAll(() => site.close());

const filledIn = /name="wall"[^>]* value="north"|value="north"[^>]* name="wall"/;
const secretKey = "the-key-of-the-wall";
const runOf = (answer: Response): string =>
  /\/runs\/(\w+)$/.exec(answer.headers.get("Location") ?? "")?.[1] ?? "";
const until = async (id: string, ...states: string[]) => {
  const ended = AbortSignal.timeout(10_000);
  await site.engine.settled(id, 5_000, ended);
  const picture = await site.engine.picture(id);
  expect(states).toContain(picture.state);
  return picture;
};

/** Paints a wall once and keeps how. */
const keepAs = async (name: string, colour: string): Promise<string> => {
  const run = runOf(await site.post("/workflows/paint/runs", { wall: "north", key: secretKey }));
  await until(run, "asking");
  await site.engine.answer(run, "colour", { colour }, "Ada");
  await until(run, "completed");
  const kept = await site.post(`/runs/${run}/keep`, { name });
  expect([kept.status, kept.headers.get("Location")]).toEqual([303, "/workflows/paint#kept"]);
  const row = (await site.store.kept.list()).find((one) => one.name === name);
  return row?.id ?? "";
};

test("kept answers hold no secret; they are offered at home and at their workflow, and ask for the secret only", async () => {
  offered = ["red", "blue"];
  const id = await keepAs("North in red", "red");
  expect(JSON.stringify(await site.store.kept.get(id))).not.toContain(secretKey);
  for (const page of ["/", "/workflows/paint"])
    expect(await (await site.get(page)).text()).toContain(`action="/kept/${id}/start"`);

  const asked = await site.post(`/kept/${id}/start`);
  expect(asked.status).toBe(400);
  const html = await asked.text();
  expect(html).toMatch(filledIn);
  expect(html).toContain(`name="milepost-kept" value="${id}"`);

  const begun = await site.post("/workflows/paint/runs", {
    wall: "north",
    key: "another",
    "milepost-kept": id,
  });
  const { steps } = await until(runOf(begun), "completed");
  expect(steps[0]?.detail).toBe("red, as in the run before");
});

test("what no longer fits is asked, filled in with what was kept, and says why", async () => {
  offered = ["red", "blue"];
  const id = await keepAs("North in blue", "blue");
  offered = ["red"];
  const begun = await site.post("/workflows/paint/runs", {
    wall: "north",
    key: "another",
    "milepost-kept": id,
  });
  const { steps } = await until(runOf(begun), "asking");
  expect(JSON.stringify(steps[0]?.form)).toMatch(/no longer fits.*"value":"blue"/);
});

test("kept answers can be changed before they start, replaced under their name, and removed", async () => {
  offered = ["red", "blue"];
  const first = await keepAs("Daily", "red");
  const second = await keepAs("Daily", "blue");
  expect(await site.store.kept.get(first)).toBeNull();
  expect(await (await site.get(`/workflows/paint?kept=${second}`)).text()).toMatch(filledIn);
  await site.post(`/kept/${second}/remove`);
  expect((await site.post(`/kept/${second}/start`)).status).toBe(404);
  expect(await (await site.get("/")).text()).not.toContain(second);
});

test("a name is needed, and one that is too long is refused with a sentence", async () => {
  const run = runOf(await site.post("/workflows/paint/runs", { wall: "north", key: secretKey }));
  for (const name of ["", " ", "x".repeat(81)])
    expect((await site.post(`/runs/${run}/keep`, { name })).status).toBe(400);
});

test("a workflow that somebody wants first stands first at home until they no longer do", async () => {
  const two = await openSite({ workflows: [{ ...paint, id: "other", title: "Another" }, paint] });
  const order = async () => {
    const html = await (await two.get("/")).text();
    return html.indexOf('href="/workflows/paint"') < html.indexOf('href="/workflows/other"');
  };
  expect(await order()).toBe(false);
  await two.post("/workflows/paint/keep");
  expect(await order()).toBe(true);
  const kept = (await two.store.kept.list())[0]?.id ?? "";
  await two.post(`/kept/${kept}/remove`);
  expect(await order()).toBe(false);
  await two.close();
});

test("a list that was kept leads to the same rows from home and from above the list", async () => {
  await site.post("/kept", {
    name: "Failed this week",
    of: "runs",
    query: "state=failed&period=week&after=9&search=",
  });
  for (const page of ["/", "/runs"])
    expect(await (await site.get(page)).text()).toContain('href="/runs?state=failed&amp;period=week"');
  expect((await site.post("/kept", { name: "x", of: "secrets", query: "" })).status).toBe(400);
  const filtered = await (await site.get("/exports?state=ready&search=urls")).text();
  const query = /name="query" value="([^"]*)"/.exec(filtered)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const kept = await site.post("/kept", { name: "Files", of: "exports", query });
  expect(kept.headers.get("Location")).toBe("/exports?search=urls&state=ready");
  const page = await (await site.get("/exports")).text();
  expect(page).toContain('href="/exports?search=urls&amp;state=ready"');
  const [, id] = /action="\/kept\/(\w+)\/remove"/.exec(page) ?? [];
  const removed = await site.post(`/kept/${id}/remove`);
  expect(removed.headers.get("Location")).toBe("/exports");
  expect(await (await site.get("/exports")).text()).not.toContain("search=urls&amp;state=ready");
});
