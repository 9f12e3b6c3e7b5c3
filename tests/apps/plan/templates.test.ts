import { expect, test } from "vitest";
import { viewsOf } from "#apps/app-views.ts";
import { accountOf } from "#apps/plan/account.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { nearestTemplate, templates } from "#apps/plan/templates.ts";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { siteOf } from "../site.ts";

const siteFor = (id: string) => {
  const template = templates.find((one) => one.id === id);
  if (template === undefined) throw new Error(`no template ${id}`);
  return siteOf(planFromDescription(template.text).schema);
};

test.each(templates)(
  "the template “$title” is whole: no word of it is left over, and each table points somewhere or is pointed to",
  ({ text }) => {
    const { schema, warnings } = planFromDescription(text);
    expect(warnings).toEqual([]);
    expect(accountOf(text).filter(({ fate }) => fate === "told")).toEqual([]);
    expect(checkSchema(schema)).toEqual(schema);
    const pointed = new Set(
      Object.values(schema.tables).flatMap(({ columns }) => Object.values(columns).map(({ to }) => to)),
    );
    const alone = Object.entries(schema.tables).filter(
      ([name, { columns }]) =>
        !pointed.has(name) && Object.values(columns).every(({ to }) => to === undefined),
    );
    expect(alone.map(([name]) => name)).toEqual(text.includes("Waitlist") ? ["waitlist"] : []);
    expect(Object.values(schema.tables).flatMap(({ rules = [] }) => rules).length).toBeGreaterThan(1);
  },
);

type Row = Record<string, unknown>;
/** Rows by a name of their own; a text that names one stands for its id. The last row of a template breaks the rule. */
const stories: [string, [string, string, Row][], string][] = [
  [
    "cellphone-crm",
    [
      ["phone", "products", { name: "Phone" }],
      ["", "deliveries", { product_id: "phone", quantity: 2 }],
      ["", "sales", { product_id: "phone", quantity: 2, unit_price: 9 }],
      ["", "sales", { product_id: "phone", quantity: 1, unit_price: 9 }],
    ],
    "There is not enough in stock.",
  ],
  [
    "inventory",
    [
      ["acme", "suppliers", { name: "Acme" }],
      ["bolt", "products", { name: "Bolt", sku: "B" }],
      ["po", "purchase_orders", { number: "1", supplier_id: "acme", status: "ordered" }],
      ["", "order_items", { purchase_order_id: "po", product_id: "bolt", quantity: 5, unit_price: 1 }],
      ["", "stock_movements", { product_id: "bolt", type: "out", quantity: 1 }],
    ],
    "There is not enough in stock.",
  ],
  [
    "invoices",
    [
      ["ada", "customers", { name: "Ada" }],
      ["one", "invoices", { number: "1", customer_id: "ada" }],
      [
        "",
        "invoice_lines",
        { invoice_id: "one", description: "Work", quantity: 2, unit_price: 10, tax_percent: 20 },
      ],
      ["", "payments", { invoice_id: "one", amount: 24 }],
      ["", "payments", { invoice_id: "one", amount: 1 }],
    ],
    "More would be paid",
  ],
  [
    "projects",
    [
      ["site", "projects", { name: "Site", budget_hours: 8 }],
      ["", "time_entries", { project_id: "site", person: "Ada", hours: 7.5 }],
      ["", "time_entries", { project_id: "site", person: "Ada", hours: 1 }],
    ],
    "The hours of this project are used up.",
  ],
  [
    "equipment-rental",
    [
      ["ada", "customers", { name: "Ada" }],
      ["saw", "equipment", { name: "Saw", price_per_day: 5 }],
      [
        "",
        "rentals",
        { customer_id: "ada", equipment_id: "saw", from_date: "2026-03-01", until_date: "2026-03-04" },
      ],
      [
        "",
        "rentals",
        { customer_id: "ada", equipment_id: "saw", from_date: "2026-03-03", until_date: "2026-03-05" },
      ],
    ],
    "It is rented in these days.",
  ],
  [
    "help-desk",
    [
      ["ada", "customers", { name: "Ada", email: "a@b.de" }],
      ["", "tickets", { subject: "Help", customer_id: "ada", status: "solved" }],
    ],
    "Answer the customer",
  ],
  [
    "property-manager",
    [
      ["home", "properties", { address: "Main St", rent: 100 }],
      ["ada", "tenants", { name: "Ada" }],
      ["", "leases", { property_id: "home", tenant_id: "ada", start_date: "2026-01-01", rent: 100 }],
      ["", "leases", { property_id: "home", tenant_id: "ada", start_date: "2027-01-01", rent: 100 }],
    ],
    "The property is let at that time.",
  ],
  [
    "restaurant-reservations",
    [
      ["t", "tables", { number: "1", seats: 4 }],
      [
        "",
        "reservations",
        {
          guest_name: "Ada",
          party_size: 2,
          table_id: "t",
          starts_at: "2026-03-01T19:00",
          ends_at: "2026-03-01T21:00",
        },
      ],
      [
        "",
        "reservations",
        {
          guest_name: "Bo",
          party_size: 2,
          table_id: "t",
          starts_at: "2026-03-01T20:00",
          ends_at: "2026-03-01T22:00",
        },
      ],
    ],
    "This table is taken at that time.",
  ],
  [
    "gym-manager",
    [
      ["ada", "members", { name: "Ada" }],
      ["bo", "members", { name: "Bo" }],
      ["yoga", "classes", { name: "Yoga", capacity: 1 }],
      ["", "enrollments", { member_id: "ada", class_id: "yoga" }],
      ["", "enrollments", { member_id: "bo", class_id: "yoga" }],
    ],
    "This class is full. (Class: Yoga)",
  ],
  [
    "event-planner",
    [
      ["party", "events", { name: "Party", date: "2026-05-01", seats: 1, budget: 100 }],
      ["", "guests", { event_id: "party", name: "Ada", rsvp_status: "accepted" }],
      ["", "guests", { event_id: "party", name: "Bo", rsvp_status: "accepted" }],
    ],
    "The venue has no more seats.",
  ],
  [
    "clinic-manager",
    [
      ["ada", "patients", { name: "Ada" }],
      ["bo", "patients", { name: "Bo" }],
      ["doc", "doctors", { name: "Doc" }],
      [
        "",
        "appointments",
        { patient_id: "ada", doctor_id: "doc", starts_at: "2026-03-01T09:00", ends_at: "2026-03-01T09:30" },
      ],
      [
        "",
        "appointments",
        { patient_id: "bo", doctor_id: "doc", starts_at: "2026-03-01T09:15", ends_at: "2026-03-01T09:45" },
      ],
    ],
    "The doctor has another appointment then.",
  ],
  [
    "library",
    [
      ["book", "books", { title: "Emma", copies: 1 }],
      ["ada", "members", { name: "Ada", email: "a@b.de" }],
      ["", "loans", { book_id: "book", member_id: "ada", due_date: "2026-04-01" }],
      ["", "loans", { book_id: "book", member_id: "ada", due_date: "2026-04-01" }],
    ],
    "All copies of this book are lent.",
  ],
  [
    "school",
    [
      ["ada", "students", { name: "Ada" }],
      ["maths", "courses", { title: "Maths", capacity: 2 }],
      ["", "enrollments", { student_id: "ada", course_id: "maths" }],
      ["", "enrollments", { student_id: "ada", course_id: "maths" }],
    ],
    "This student is in this course already.",
  ],
  [
    "recruiting",
    [
      ["job", "jobs", { title: "Cook", openings: 1 }],
      ["", "candidates", { name: "Ada", job_id: "job", email: "a@b.de", stage: "hired" }],
      ["", "candidates", { name: "Bo", job_id: "job", email: "b@b.de", stage: "hired" }],
    ],
    "All openings of this job are filled.",
  ],
  [
    "club",
    [
      ["ada", "members", { name: "Ada", email: "a@b.de", yearly_fee: 50 }],
      ["", "payments", { member_id: "ada", amount: 60 }],
    ],
    "More would be paid than the fee.",
  ],
];

test.each(templates)("each page of the template “$title” can be drawn", async ({ text }) => {
  const { schema } = planFromDescription(text);
  const site = siteOf(schema);
  for (const { path } of viewsOf(schema)) expect([path, (await site.get(path)).status]).toEqual([path, 200]);
  expect(site.errors).toEqual([]);
});

test.each(stories)("“%s” keeps its rules, by the API and by the form", async (id, rows, sentence) => {
  const site = siteFor(id);
  const ids = new Map<string, string>();
  const named = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, ids.get(String(value)) ?? value]));
  for (const [name, table, row] of rows.slice(0, -1))
    ids.set(name || "last", await site.add(table, named(row)));
  const [, table = "", last = {}] = rows.at(-1) ?? [];
  const { status, body } = await site.json("POST", `api/db/${table}`, named(last));
  expect([status, body.error.message]).toEqual([400, expect.stringContaining(sentence)]);
  const texts = Object.fromEntries(Object.entries(named(last)).map(([key, value]) => [key, String(value)]));
  const form = await site.post(table, texts);
  expect([form.status, await form.text()]).toEqual([422, expect.stringContaining(sentence)]);
  expect(site.errors).toEqual([]);
});

test("each template has such a story", () => {
  expect(stories.map(([id]) => id).sort()).toEqual(templates.map(({ id }) => id).sort());
});

test("what was sold is gone from the stock, a received order comes in, and cannot be taken back once it was used", async () => {
  const site = siteFor("inventory");
  const supplier_id = await site.add("suppliers", { name: "Acme" });
  const product_id = await site.add("products", { name: "Bolt", sku: "B" });
  const order = await site.add("purchase_orders", { number: "1", supplier_id, status: "ordered" });
  await site.add("order_items", { purchase_order_id: order, product_id, quantity: 10, unit_price: 2.5 });
  const read = async (path: string) => (await site.json("GET", `api/db/${path}`)).body.data;
  expect(await read(`purchase_orders/${order}`)).toMatchObject({ total: 25 });
  expect(await read(`products/${product_id}`)).toMatchObject({ stock: 0 });
  await site.json("PATCH", `api/db/purchase_orders/${order}`, { status: "received" });
  expect(await read(`products/${product_id}`)).toMatchObject({ stock: 10 });
  await site.add("stock_movements", { product_id, type: "out", quantity: 8 });
  expect(await read(`products/${product_id}`)).toMatchObject({ stock: 2 });
  expect(await (await site.get("")).text()).toContain("1 product is");
  const back = await site.json("PATCH", `api/db/purchase_orders/${order}`, { status: "cancelled" });
  expect([back.status, back.body.error?.message]).toEqual([
    400,
    "There is not enough in stock. (Product: Bolt)",
  ]);
});

test("a description that is none is led to the template that is nearest to it", () => {
  expect(nearestTemplate("Build a gym membership system with classes and attendance tracking")?.id).toBe(
    "gym-manager",
  );
  expect(nearestTemplate("something for my stamps")).toBe(null);
});
