import { afterEach, beforeEach, expect, test } from "vitest";
import { createChat } from "#connectors/openai/chat.ts";
import { draftByModel } from "#workflows/generate-app/model-draft.ts";
import { type Answer, type ModelServer, said, streamed } from "../connectors/openai/model-server.ts";
import { stepOf } from "../engine/world.ts";
import { type AppWorld, fieldsOf, openModelWorld, shownIn } from "./app-world.ts";

let world: AppWorld;
let server: ModelServer;
let model: string;
beforeEach(async () => {
  ({ world, server, model } = await openModelWorld());
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const good = JSON.stringify({
  tables: [
    {
      title: "Hives",
      columns: [
        { label: "Name", required: true },
        { label: "Status", options: ["weak", "strong"] },
      ],
    },
    {
      title: "Harvests",
      columns: [{ label: "Hive", type: "reference", to: "Hives" }, { label: "Honey weight" }],
    },
  ],
  notes: ["Weights are in kilograms."],
});

test("a model drafts the plan, which is checked, shown and made like any other", async () => {
  server.answers(said(good));
  const id = await world.generate({ description: "something for my bees", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(JSON.stringify(stepOf(at, "plan").form)).toContain("the model small");
  const { run } = await world.through(id);
  expect(run.error).toBeNull();
  expect(world.apps.open("bees").schema.tables).toMatchObject({
    hives: { board: "status", columns: { status: { initial: "weak" } } },
    harvests: { columns: { hive_id: { type: "reference", to: "hives" }, honey_weight: { type: "decimal" } } },
  });
  expect(server.asked).toHaveLength(1);
  expect(JSON.stringify(server.asked)).toContain("something for my bees");
});

test("a plan that does not fit is sent back once with what is wrong", async () => {
  server.answers(
    said('{"tables":[{"title":"Hives","columns":[{"label":"Queen","type":"reference","to":"Queens"}]}]}'),
  );
  const id = await world.generate({ description: "customers (name needed, phone)", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(server.asked).toHaveLength(2);
  expect(JSON.stringify(server.asked[1])).toContain("That does not fit");
  // It did not fit the second time either, so the grammar was read and says so.
  const form = JSON.stringify(stepOf(at, "plan").form);
  expect(form).toContain("No model drafted this plan");
  expect(form).toContain("Drafted by Milepost, without a model");
});

test.each([
  ["a model that fails", () => server.answers({ status: 500, body: "oops" })],
  ["a model that is gone", () => server.close()],
])("%s leaves the plan to the grammar, with a note", async (_, spoil) => {
  await spoil();
  const id = await world.generate({
    description: "customers (name needed, phone), orders (number needed, customer, notes)",
    title: "Shop",
    model,
  });
  const { run } = await world.through(id);
  expect(run.state).toBe("completed");
  expect(Object.keys(world.apps.open("shop").schema.tables)).toEqual(["customers", "orders"]);
});

const asks = (question: string, ...choices: string[]) => said(JSON.stringify({ question, choices }));

test("a question of the model's is asked; what is pressed or typed goes back to it, and then it plans", async () => {
  const answers = [asks("What do you keep?", "Bees", "Goats"), asks("How many hives?"), said(good)];
  server.answers(() => answers[server.asked.length - 1] ?? said(good));
  const id = await world.generate({ description: "make me something nice", title: "Nice", model });
  const first = stepOf(await world.through(id, {}, "plan"), "plan");
  expect(JSON.stringify(first.form)).toContain("question 1 of at most 3");
  expect(first.form?.buttons?.map(({ label }) => label)).toEqual([
    ...["Bees", "Goats", "Plan with what is known", "Make no app"],
  ]);
  await expect(world.engine.answer(id, "plan", {}, "Ada")).rejects.toMatchObject({ field: "answer" });
  await expect(world.engine.answer(id, "plan", {}, "Ada", { press: "choice:2" })).rejects.toMatchObject({
    field: "answer",
  });
  await world.engine.answer(id, "plan", {}, "Ada", { press: "choice:0" });
  const second = stepOf(await world.until(id, "asking"), "plan");
  expect(JSON.stringify(second.form)).toContain("How many hives?");
  await world.engine.answer(id, "plan", { answer: "Eleven" }, "Ada");
  const { run } = await world.through(id);
  expect(run.state).toBe("completed");
  expect(Object.keys(world.apps.open("nice").schema.tables)).toEqual(["hives", "harvests"]);
  const [, , { body } = expect.fail()] = server.asked;
  const { messages } = body as { messages: { role: string; content: string }[] };
  expect(messages.slice(1).map(({ role, content }) => [role, content])).toEqual([
    ["user", "make me something nice"],
    ["assistant", '{"question":"What do you keep?"}'],
    ["user", "Bees"],
    ["assistant", '{"question":"How many hives?"}'],
    ["user", "Eleven"],
  ]);
});

test("a model that only asks has to plan in the end, and where it does not, the grammar is read and says so", async () => {
  server.answers(asks("And what else?"));
  const id = await world.generate({ description: "customers (name, phone)", title: "Shop", model });
  for (const nth of [1, 2, 3]) {
    const step = stepOf(await world.until(id, "asking"), "plan");
    expect(JSON.stringify(step.form)).toContain(`question ${nth} of at most 3`);
    await world.engine.answer(id, "plan", { answer: `more ${nth}` }, "Ada");
  }
  const form = JSON.stringify(stepOf(await world.until(id, "asking"), "plan").form);
  expect(form).toContain("Drafted by Milepost, without a model");
  expect(form).toContain("What you answered to the model is not in it.");
  expect(JSON.stringify(server.asked.at(-1))).toContain("Ask nothing more");
});

test("“Plan with what is known” lets it ask nothing more; no app is made by “Make no app”", async () => {
  server.answers(() => (server.asked.length === 2 ? said(good) : asks("What?")));
  const id = await world.generate({ description: "bees", title: "Bees", model });
  await world.until(id, "asking");
  await world.engine.answer(id, "plan", {}, "Ada", { press: "enough" });
  expect((await world.through(id)).run.state).toBe("completed");
  expect(JSON.stringify(server.asked[1])).toContain("Ask nothing more");
  const other = await world.generate({ description: "bees", title: "Goats", model });
  await world.until(other, "asking");
  await world.engine.answer(other, "plan", {}, "Ada", { press: "reject" });
  expect((await world.until(other, "failed")).run.error?.code).toBe("rejected");
});

test("what a model asks beside a plan is told with the plan", async () => {
  server.answers(said(JSON.stringify({ ...JSON.parse(good), question: "Kilograms?" })));
  const id = await world.generate({ description: "bees", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(JSON.stringify(stepOf(at, "plan").form)).toContain("The model asks: Kilograms?");
});

test("of a model's plan it is told which words it took up, and it can be asked anew with other words", async () => {
  server.answers(said(good));
  const description = "Ich habe Hives, einen starken Hund und die Harvest";
  const id = await world.generate({ description, title: "Bees", model });
  const { form } = stepOf(await world.through(id, {}, "plan"), "plan");
  const { rows } = fieldsOf(form?.fields ?? []).find((field) => field.kind === "table") ?? expect.fail();
  expect(rows).toContainEqual(["Hives,", "Used: “Hives”"]);
  expect(rows).toContainEqual(["Harvest", "Used: “Harvests”"]);
  expect(rows.filter(([words]) => words?.includes("Hund"))).toEqual([
    [expect.any(String), "Nothing in the plan is called so"],
  ]);
  const typed = { ...shownIn(form), description: "bees and their honey" };
  await expect(world.engine.answer(id, "plan", typed, "Ada")).rejects.toMatchObject({ field: "description" });
  await world.engine.answer(id, "plan", typed, "Ada", { press: "ask-again" });
  await world.until(id, "asking");
  expect(server.asked).toHaveLength(2);
  expect(JSON.stringify(server.asked[1])).toContain("bees and their honey");
});

const column = (label: string, more = {}) => ({ label, ...more });
const tables = (...all: [title: string, ...columns: object[]][]) =>
  said(JSON.stringify({ tables: all.map(([title, ...columns]) => ({ title, columns })) }));

/** What models were seen to do, and the one answer after it that is right. */
const right = () => said(good);
const misbehaviours: [string, ...(() => Answer)[]][] = [
  ["garbage", () => said("I am a teapot."), right],
  ["half a JSON", () => said(good.slice(0, 90)), right],
  ["an empty answer", () => said(""), right],
  ["a list instead of an object", () => said("[]"), right],
  ["tables that are no list", () => said('{"tables":{"Hives":{}}}'), right],
  ["a table without columns", () => tables(["Hives"]), right],
  ["no table", () => said('{"tables":[]}'), right],
  ["two tables of one name", () => tables(["Items", column("A")], ["items", column("B")]), right],
  ["nothing but its call of a tool", () => said("", { message: { content: null, tool_calls: [{}] } }), right],
  ["a formula of nothing", () => tables(["Hives", column("A", { computed: "b + 1" })]), right],
  ["a rule of nothing", () => said(good.replace(']}],"notes"', '],"rules":["stock >= 0"]}],"notes"')), right],
  ["two columns of one name", () => tables(["Items", column("A"), column("a")]), right],
  ["a reference to nothing", () => tables(["Hives", column("Queen", { to: "Queens" })]), right],
  ["a title without letters", () => tables(["???", column("A")]), right],
  ["JSON in a code fence", () => said(`\`\`\`json\n${good}\n\`\`\``)],
  ["a sentence around the JSON", () => said(`Sure! ${good} Have fun.`)],
  ["thoughts before it", () => said(`<think>{"tables":[]}</think>${good}`)],
  ["streamed", () => streamed(good)],
  ["streamed garbage", () => streamed("I am a teapot."), right],
  ["streamed after long thoughts", () => streamed(good, { thinks: "Hives? {} Maybe. ".repeat(50) })],
  ["no stream", () => ({ status: 400, body: '{"error":{"message":"stream_options"}}' }), right],
  ["no temperature", () => ({ status: 400, body: '{"error":{"message":"temperature"}}' }), right],
  ["no response format", () => ({ status: 422, body: '{"error":"response_format"}' }), right],
];

test.each(misbehaviours)(
  "a model whose first answer is %s drafts the plan all the same",
  async (_, ...answers) => {
    let at = 0;
    server.answers(() => (answers[Math.min(at++, answers.length - 1)] ?? right)());
    const chat = createChat({ baseUrl: server.baseUrl, key: "", model: "small" });
    const input = { description: "my bees", title: "Bees", slug: "bees", connectionId: model };
    const { signal } = new AbortController();
    const drafted = await draftByModel(chat, input, { signal, log: () => {}, progress: () => {} });
    expect("schema" in drafted && Object.keys(drafted.schema.tables)).toEqual(["hives", "harvests"]);
  },
);

test("while it waits the step counts what has come, and a cancel ends it at once; its key stands nowhere", async () => {
  server.answers({ ...streamed(good, { ends: null }), holds: true });
  const id = await world.generate({ description: "something for my bees", title: "Bees", model });
  const told = await world.when(id, ({ steps }) => (steps[0]?.progress?.done ?? 0) > 0);
  expect(told.steps[0]?.progress).toMatchObject({
    ...{ done: good.length, total: null, what: "characters of small's answer" },
  });
  await world.engine.cancel(id, "Ada");
  const at = await world.until(id, "cancelled");
  expect(at.run.cancel?.unconfirmed ?? null).toBeNull();
  expect(JSON.stringify([at, await world.store.logs(id, { after: 0, limit: 100 })])).not.toContain("sk-1");
});

const passing: [string, () => Answer][] = [
  ["overloaded once", () => ({ status: 503, body: "busy" })],
  ["asking for a moment", () => ({ status: 429, headers: { "retry-after": "0" }, body: "{}" })],
  ["cutting the connection", () => "cut"],
  ["cutting it in the middle of a stream", () => ({ ...streamed(good, { ends: null }), cutAfter: true })],
  ["ending a stream in the middle", () => streamed(good.slice(0, 60), { ends: null })],
  [
    "failing in the middle of a stream",
    () => {
      const { headers, body } = streamed(good, { ends: null });
      return { headers, body: `${body}data: {"error":{"message":"out of memory"}}\n\n` };
    },
  ],
];

test.each(passing)("a model that is %s is asked again, and nothing else steps in", async (_, answer) => {
  let asked = 0;
  server.answers(() => (asked++ === 0 ? answer() : right()));
  const id = await world.generate({ description: "something for my bees", title: "Bees", model });
  const at = await world.through(id, {}, "plan");
  expect(JSON.stringify(stepOf(at, "plan").form)).toContain("the model small");
  expect(stepOf(at, "draft").attempt).toBe(2);
});

test("types that models call otherwise are taken as they are meant, and unknown ones by the column's name", async () => {
  server.answers(
    tables([
      "Sales",
      column("Price", { type: "currency" }),
      column("Weight", { type: "number" }),
      column("Pieces", { type: "int" }),
      column("Paid", { type: "bool" }),
      column("Sold at", { type: "datetime" }),
      column("Birthday", { type: "whatever" }),
    ]),
  );
  const id = await world.generate({ description: "sales", title: "Sales", model });
  await world.through(id);
  const { columns } = world.apps.open("sales").schema.tables.sales ?? expect.fail();
  expect(Object.values(columns).map(({ type }) => type)).toEqual([
    ...["money", "decimal", "integer", "boolean", "timestamp", "date"],
  ]);
});

test("a model plans what is computed, what begins, what differs, rules, and many on both sides", async () => {
  server.answers(
    said(
      JSON.stringify({
        tables: [
          {
            title: "Products",
            columns: [
              column("Name", { unique: true }),
              column("Price", { type: "money", currency: "eur" }),
              column("Stock", { type: "integer", initial: "0" }),
              column("Tags", { type: "many", to: "Tags" }),
            ],
            rules: ["stock >= 0"],
          },
          { title: "Tags", columns: [column("Name")] },
          {
            title: "Sales",
            columns: [
              column("Product", { type: "reference", to: "products", required: true }),
              column("Quantity", { type: "integer" }),
              column("Total", { type: "money", currency: "EUR", computed: "quantity * product.price" }),
            ],
          },
        ],
      }),
    ),
  );
  const id = await world.generate({ description: "a shop", title: "Shop", model });
  const { form } = stepOf(await world.through(id, {}, "plan"), "plan");
  expect(JSON.stringify(form)).toContain("Relations: Sales → Products");
  expect((await world.through(id)).run.error).toBeNull();
  const { tables: made } = world.apps.open("shop").schema;
  expect(Object.keys(made)).toEqual(["products", "tags", "sales", "products_and_tags"]);
  expect(made.products).toMatchObject({
    columns: { name: { unique: true }, price: { currency: "EUR" }, stock: { initial: "0" } },
    rules: [{ rule: "stock >= 0" }],
  });
  expect(made.sales?.columns.total?.computed).toBe("quantity * product.price");
});

test("formulas that cannot be read cost the plan nothing else, and are told", async () => {
  server.answers(
    tables(["Sales", column("Price", { type: "money" }), column("Total", { computed: "sum(everything" })]),
  );
  const id = await world.generate({ description: "sales", title: "Sales", model });
  const { form } = stepOf(await world.through(id, {}, "plan"), "plan");
  expect(server.asked).toHaveLength(2);
  expect(JSON.stringify(form)).toContain("is left out: “Total” of Sales = sum(everything.");
  expect(JSON.stringify(form)).toContain("Drafted by the model small");
});

test.each([
  ["顧客", "名前", "電話"],
  ["Клиенты", "Имя", "Телефон"],
  ["Πελάτες", "Όνομα", "Τηλέφωνο"],
])("a plan in any script becomes an app: %s", async (table, name, phone) => {
  server.answers(
    tables([table, column(name), column(phone)], ["Visits", column(name, { to: table }), column("Day")]),
  );
  const id = await world.generate({ description: `${table}: ${name}, ${phone}`, title: "Any", model });
  const { run } = await world.through(id);
  expect([run.state, run.error]).toEqual(["completed", null]);
  const { text } = await world.page("any", "");
  expect(text).toContain(table);
  const [[key = "", made] = expect.fail()] = Object.entries(world.apps.open("any").schema.tables);
  expect(Object.values(made.columns).map(({ label }) => label)).toEqual([name, phone]);
  expect((await world.page("any", `${key}/new`)).text).toContain(phone);
});

test("names from a model never become SQL or HTML", async () => {
  const evil = `x" ); DROP TABLE hives; --<script>alert(1)</script>`;
  server.answers(
    said(
      JSON.stringify({ tables: [{ title: evil, columns: [{ label: evil, options: [evil.slice(0, 50)] }] }] }),
    ),
  );
  const id = await world.generate({ description: "bees", title: "Bees", model });
  const { run } = await world.through(id);
  expect(run.state).toBe("completed");
  const { schema } = world.apps.open("bees");
  expect(Object.keys(schema.tables)).toEqual([expect.stringMatching(/^[a-z][a-z0-9_]*$/)]);
  const { text } = await world.page("bees", "");
  expect(text).not.toContain("<script>alert");
});
