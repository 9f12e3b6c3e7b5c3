import fc from "fast-check";
import { expect, test } from "vitest";
import { planChange } from "#apps/plan/change.ts";
import { planFromDescription } from "#apps/plan/plan.ts";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { AppError } from "#core/errors.ts";

const shop = planFromDescription(
  "customers (name needed, phone, email, notes), bikes (name needed, price, status: available / rented, notes), rentals (customer needed, bike needed, start date, status: out / returned), repairs (customer, bike, problem, status: received / ready)",
).schema;

test.each([
  ["Add suppliers (name, phone)", ["Adds the table “Suppliers” with Name, Phone."]],
  ["Add suppliers (name, phone) to my bike shop CRM", ["Adds the table “Suppliers” with Name, Phone."]],
  [
    "please add a table called warranty claims with number, date and customer",
    ["Adds the table “Warranty claims” with Number, Date, Customer."],
  ],
  [
    "Add invoices (number needed, customer, total = sum(invoice lines.amount)), invoice lines (invoice, amount)".replace(
      "invoice lines.",
      "invoice_lines.",
    ),
    [
      "Adds the table “Invoices” with Number, Customer, Total.",
      "Adds the table “Invoice lines” with Invoice, Amount.",
    ],
  ],
  ["add days = days(start_date, today()) to rentals", ["Adds the column “Days” to “Rentals”."]],
  ["add a birthday column to customers", ["Adds the column “Birthday” to “Customers”."]],
  [
    "add frame size and colour (red, blue) to bikes",
    ["Adds the column “Frame size” to “Bikes”.", "Adds the column “Colour” to “Bikes”."],
  ],
  [
    "rename customers to clients",
    [
      "Renames the table “Customers” to “Clients”.",
      "Renames “Customer” of “Rentals” to “Client”.",
      "Renames “Customer” of “Repairs” to “Client”.",
    ],
  ],
  ["Rename the notes column of customers to remarks", ["Renames “Notes” of “Customers” to “Remarks”."]],
  ["remove phone from customers", ["Removes the column “Phone” of “Customers”."]],
  ["make phone of customers required", ["“Phone” of “Customers” must be filled in from now on."]],
  ["add the status archived to repairs", ["Adds “archived” to the values of “Status” of “Repairs”."]],
  ["Add a waiting state to repairs", ["Adds “waiting” to the values of “Status” of “Repairs”."]],
  ["add no-show to the status of repairs", ["Adds “no-show” to the values of “Status” of “Repairs”."]],
  ["Please could you add a website to bikes?", ["Adds the column “Website” to “Bikes”."]],
  ['add "deposit per day" as money in EUR to bikes', ["Adds the column “Deposit per day” to “Bikes”."]],
  ["change price of bikes to a whole number", ["Changes “Price” of “Bikes” from decimal to integer."]],
  ["make phone of customers a long text", ["Changes “Phone” of “Customers” from phone to longtext."]],
  ["add weight in kg to bikes", ["Adds the column “Weight in kg” to “Bikes”."]],
  ['add a column "VAT rate" with 2 decimals to bikes', ["Adds the column “VAT rate” to “Bikes”."]],
  ["make price a whole number", ["Changes “Price” of “Bikes” from decimal to integer."]],
  [
    "add mechanics (name, phone) and link repairs to mechanics",
    ["Adds the column “Mechanic” to “Repairs”.", "Adds the table “Mechanics” with Name, Phone."],
  ],
  [
    "Add fax to customers, and remove email from customers",
    ["Adds the column “Fax” to “Customers”.", "Removes the column “Email” of “Customers”."],
  ],
  ["add double = price * 2 to bikes", ["Adds the column “Double” to “Bikes”."]],
  ["make name of bikes unique", ["“Name” of “Bikes” must be different in every row from now on."]],
  ["link bikes to customers", ["Adds the column “Customer” to “Bikes”."]],
  ["bikes should have a colour", ["Adds the column “Colour” to “Bikes”."]],
  ["I'd like to have suppliers with name and phone", ["Adds the table “Suppliers” with Name, Phone."]],
  ["we need suppliers (name)", ["Adds the table “Suppliers” with Name."]],
  ["email must be unique", ["“Email” of “Customers” must be different in every row from now on."]],
  ["name of bikes is no longer required", ["“Name” of “Bikes” may be left empty from now on."]],
  ["set the default of price to 100", ["New rows begin with “100” in “Price” of “Bikes”."]],
])("“%s” is understood", (request, steps) => {
  expect(planChange(shop, request).steps).toEqual(steps);
});

test("a new column has the type that its name says, or the one that is given", () => {
  const columns = planChange(
    shop,
    "add birthday, weight, colour (red, blue), shelf as a number and customer to bikes",
  ).schema.tables.bikes?.columns;
  expect(columns).toMatchObject({
    birthday: { type: "date" },
    colour: { type: "text", options: ["red", "blue"] },
    shelf: { type: "integer" },
    customer_id: { type: "reference", to: "customers" },
  });
});

test("a title of a person's own is no pattern", () => {
  const { bikes, ...rest } = shop.tables;
  if (bikes === undefined) throw new Error("the shop has bikes");
  const odd = { ...shop, tables: { ...rest, bikes: { ...bikes, title: "C++ (old) [x" } } };
  expect(planChange(odd, "Add suppliers (name, phone)").steps).toHaveLength(1);
  const wordless = { ...shop, tables: { ...rest, bikes: { ...bikes, title: "数" } } };
  const { suppliers } = planChange(wordless, "Add suppliers (name, phone), each supplier belongs to a planet")
    .schema.tables;
  expect(Object.values(suppliers?.columns ?? {}).map(({ to }) => to)).not.toContain("bikes");
});

test("who points to a renamed table says its new name", () => {
  const { rentals } = planChange(shop, "rename customers to clients").schema.tables;
  expect(rentals?.columns.customer_id).toMatchObject({ to: "customers", label: "Client" });
});

test("many to many is a table of pairs, of which none is there twice", () => {
  const { schema } = planChange(shop, "Make bikes and customers many to many");
  expect(schema.tables.bikes_and_customers).toMatchObject({
    title: "Bikes and customers",
    columns: {
      bike_id: { type: "reference", to: "bikes", label: "Bike", required: true },
      customer_id: { type: "reference", to: "customers", label: "Customer", required: true },
    },
    rules: [{ rule: "unique bike_id, customer_id", says: "These two are together already." }],
  });
  const { schema: alone } = planChange(shop, "customers and customers are many to many");
  expect(Object.keys(alone.tables.customers_and_customers?.columns ?? {})).toEqual([
    "customer_id",
    "other_customer_id",
  ]);
});

test("a table that goes takes along what points to it, and says so", () => {
  const { schema, steps } = planChange(shop, "Remove the table bikes");
  expect(Object.keys(schema.tables)).toEqual(["customers", "rentals", "repairs"]);
  expect(schema.tables.rentals?.columns.bike_id).toBeUndefined();
  expect(schema.tables.rentals?.filters).not.toContain("bike_id");
  expect(steps).toHaveLength(3);
});

test.each([
  ["", "Say what to change"],
  ["add line total = quantity * unit_price to rentals", "“Rentals” has no column “quantity”"],
  ["add a suppliers table", "What is known of each supplier?"],
  ["make bikes and tags many to many", "The app has no table “tags”."],
  ["add birthdy to custmers", "The app has no table “custmers”. It has Customers, Bikes, Rentals, Repairs."],
  ["add everything that anybody ever wanted to know to bikes", "cannot be read as a column"],
  ["change customer of rentals to a text", "points to rows"],
  ["send me an email when a repair is done", "Apps send nothing"],
  ["add photos to bikes", "lists, boards and forms only"],
  ["price must not be unique", "was not understood"],
  ["make phone of customers optional", "is like that already, so nothing would change"],
  ["make it nicer", "“make it nicer” was not understood"],
  ["add customers", "There is a table “Customers” already."],
  ["Add customers (name, shoe size)", "There is a table “Customers” already."],
  ["delete all customers", "Rows are deleted in the app itself."],
  ["remove every repair and drop the rows of bikes", "Rows are deleted in the app itself."],
  ["do not add email to customers", "was not understood"],
  ["should I add a fax to customers?", "was not understood"],
  ["add fax to customers if possible", "The app has no table “customers if possible”."],
  ["split customers into people and companies", "was not understood"],
  ["füge eine Spalte Farbe zu bikes hinzu", "was not understood"],
  ["add weight (kg) to bikes", "cannot be read as a column"],
  ["rename notes of customers to name", "“Customers” has a column “Name” already."],
  ["add phone to customers", "“Customers” has a column “Phone” already."],
  ["add a phone column to suppliers", "The app has no table “suppliers”"],
  ["remove notes", "Several tables have a column “notes”"],
  ["remove wheels", "The app has no table “wheels”."],
  ["rename customers to bikes", "There is a table “Bikes” already."],
  ["remove customers and remove bikes and remove rentals and remove repairs", "is the only table"],
])("“%s” is refused with a sentence and changes nothing", (request, sentence) => {
  expect(() => planChange(shop, request)).toThrow(
    expect.objectContaining({
      code: "bad-input",
      field: "request",
      message: expect.stringContaining(sentence),
    }),
  );
});

const words = fc.constantFrom(
  ..."add a an table column remove rename to of from in customers bikes rentals repairs notes phone status suppliers constructor __proto__ id api required make link and then , ( ) ; -- ' \" x_gt order price".split(
    " ",
  ),
);

test("any request gives a whole app or a whole sentence", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words, { maxLength: 14 }).map((all) => all.join(" ")),
        fc.string({ maxLength: 60 }),
      ),
      (request) => {
        try {
          const { schema } = planChange(shop, request);
          expect(checkSchema(schema)).toEqual(schema);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
