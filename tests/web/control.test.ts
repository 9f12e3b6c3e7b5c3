import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { number, secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

const did: string[] = [];

/** Paints a thing in a colour that the other side takes only when it is not "mud". */
const paint: Workflow = workflow(
  "paint",
  "Paint",
  "For tests.",
  start({
    fields: [text("colour", "Colour"), secret("key", "Key", { required: true })],
    subject: ({ colour }) => colour,
  }),
)
  .do("prime", "Prime", {
    run: async () => void did.push("primed"),
    plan: () => ({ lines: [{ kind: "command", text: "prime --all" }] }),
    uses: [],
  })
  .do("paint", "Paint", {
    run: async ({ input }) => {
      did.push(`painted ${input.colour}`);
      if (input.colour === "mud")
        throw new AppError("remote-refused", "Mud is no colour.", { canPass: false, field: "colour" });
    },
    undo: async () => void did.push("cleaned"),
    plan: ({ input }) => ({ lines: [{ kind: "command", text: `paint '${input.colour}' <b>` }] }),
    uses: ["colour"],
  })
  .hands(() => ({ sentence: "Painted." }));

/** Nothing is told of its steps beforehand, but how much there is to do. */
const count = workflow(
  "count",
  "Count",
  "For tests.",
  start({ fields: [number("rows", "Rows", { required: true })], subject: () => "rows" }),
)
  .do("count", "Count", { run: async () => void did.push("counted") })
  .hands(() => ({ sentence: "Counted." }), { size: ({ rows }) => ({ count: rows, what: "rows" }) });

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [paint, count] });
});
afterAll(() => site.close());

const settled = (id: string) => site.engine.settled(id, 10_000, new AbortController().signal);
const runIdOf = (answer: Response) => (answer.headers.get("Location") ?? "").split("/").at(-1) ?? "";
const failedRun = async () => {
  const id = runIdOf(await site.post("/workflows/paint/runs", { colour: "mud", key: "k-123456" }));
  await settled(id);
  return id;
};

test("“Show what it would do” shows the exact commands as text, keeps all that was typed, and starts nothing", async () => {
  did.length = 0;
  const before = (await site.engine.runs({ limit: 100 })).rows.length;
  const answer = await site.post("/workflows/paint/runs", { colour: "red", key: "k-123456", press: "plan:" });
  const page = await answer.text();
  expect(answer.status).toBe(200);
  expect(page).toContain("prime --all");
  expect(page).toContain("paint &#39;red&#39; &lt;b&gt;");
  expect(page).toContain('value="red"');
  expect(did).toEqual([]);
  expect((await site.engine.runs({ limit: 100 })).rows).toHaveLength(before);
});

test("a workflow that plans nothing and knows its size offers to tell how long that would take, and does", async () => {
  await settled(runIdOf(await site.post("/workflows/count/runs", { rows: "3" })));
  expect(await (await site.get("/workflows/count")).text()).toContain("Show how long it would take");
  did.length = 0;
  const page = await (await site.post("/workflows/count/runs", { rows: "30", press: "plan:" })).text();
  expect(page).toContain("It takes ");
  expect(page).toContain('value="30"');
  expect(did).toEqual([]);
});

test("the API gives the same plan", async () => {
  const answer = await site.call("POST", "/api/workflows/paint/plan", {
    values: { colour: "red", key: "k-123456" },
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    subject: "red",
    steps: [{ lines: [{ text: "prime --all" }] }, { lines: [{ text: "paint 'red' <b>" }], undoable: true }],
  });
});

test("a box on the start form, or the API's mode, makes a run ask before each step", async () => {
  const form = { colour: "red", key: "k-123456", "milepost-mode": "supervised" };
  const id = runIdOf(await site.post("/workflows/paint/runs", form));
  await settled(id);
  expect(await (await site.get(`/runs/${id}`)).text()).toContain("Go ahead: Prime");
  const started = await site.call("POST", "/api/workflows/paint/runs", {
    values: { colour: "red", key: "k-123456" },
    mode: "supervised",
  });
  expect(await started.json()).toMatchObject({
    mode: "supervised",
    steps: [{ id: "approve_prime" }, {}, {}, {}],
  });
});

test("a changed input first shows what it changes, then undoes and goes on; the kept secret is nowhere on the page", async () => {
  const id = await failedRun();
  did.length = 0;
  const form = await (await site.get(`/runs/${id}/input`)).text();
  expect(form).toContain('value="mud"');
  expect(form).not.toContain("k-123456");
  const preview = await (await site.post(`/runs/${id}/input`, { colour: "blue", key: "" })).text();
  expect(preview).toContain("Changed: “Colour”");
  expect(preview).toContain("what it made is removed first");
  expect(did).toEqual([]);
  // Nothing that was typed is lost by looking first.
  const sealed = await (await site.post(`/runs/${id}/input`, { colour: "mud", key: "k-654321" })).text();
  expect(sealed).toContain("Changed: “Key”");
  expect(sealed).toMatch(
    /<input[^>]*value="k-654321"[^>]*name="key"|<input[^>]*name="key"[^>]*value="k-654321"/,
  );
  const applied = await site.post(`/runs/${id}/input`, { colour: "blue", key: "", press: "answer:apply" });
  expect(applied.status).toBe(303);
  await settled(id);
  expect(did).toEqual(["cleaned", "painted blue"]);
});

test("what fails for its input leads to another input first, not to the same step", async () => {
  const id = await failedRun();
  const card =
    /id="error-card"[\s\S]*?<\/section>/.exec(await (await site.get(`/runs/${id}`)).text())?.[0] ?? "";
  expect(card).toMatch(new RegExp(`class="button button-primary" href="/runs/${id}/input"`));
  expect(card).toContain("Change the input…");
  expect(card).toMatch(/<button[^>]*class="[^"]*button-outline[^"]*"[^>]*>Try this step again/);
});

test("the API changes an input too, and with “preview” only says what would follow", async () => {
  const id = await failedRun();
  did.length = 0;
  const preview = await site.call("POST", `/api/runs/${id}/modify`, {
    values: { colour: "blue" },
    preview: true,
  });
  expect(await preview.json()).toMatchObject({
    changed: ["colour"],
    invalid: [{ id: "paint", undone: true }],
    run: { state: "failed" },
  });
  await site.call("POST", `/api/runs/${id}/modify`, { values: { colour: "blue" } });
  await settled(id);
  expect(did).toEqual(["cleaned", "painted blue"]);
  const same = await site.call("POST", `/api/runs/${id}/modify`, { values: { colour: "blue" } });
  expect(same.status).toBe(409);
});

test("“Run again” starts another run with the same input and secret; “Start like this” only fills the form", async () => {
  const id = await failedRun();
  did.length = 0;
  const again = runIdOf(await site.post(`/runs/${id}/clone`));
  await settled(again);
  expect(again).not.toBe(id);
  expect(did).toEqual(["primed", "painted mud"]);
  const form = await (await site.get(`/workflows/paint?like=${id}`)).text();
  expect(form).toContain('value="mud"');
  expect(form).not.toContain("k-123456");
});

test("“Start over” answers with the new run's address", async () => {
  const id = await failedRun();
  const answer = await site.call("POST", `/api/runs/${id}/start-over`);
  expect(answer.status).toBe(202);
  expect(answer.headers.get("Location")).not.toContain(id);
});

test("a press that is refused leads back to the page on which it was made, if that is one of ours", async () => {
  const id = await failedRun();
  const page = `/runs/${id}`;
  const refused = async (from: string) => {
    const answer = await site.post(`${page}/pause`, {}, { headers: { Referer: from } });
    expect(answer.status).toBe(409);
    return answer.text();
  };
  expect(await refused(`http://localhost:3000${page}?a=1`)).toContain(`<a href="${page}?a=1">`);
  for (const other of [
    `http://elsewhere.example${page}`,
    `http://localhost:3000//elsewhere.example/`,
    "",
    "x",
  ])
    expect(await refused(other)).not.toContain("Back to where you were");
});
