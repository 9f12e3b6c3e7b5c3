import { beforeEach, describe, expect, it } from "vitest";
import { repairShop } from "./samples.ts";
import { type Answer, siteOf, type TestSite } from "./site.ts";

let site: TestSite;
beforeEach(() => {
  site = siteOf(repairShop);
});

const count = (table: string) => site.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

const upload = (table: string, csv: string | Uint8Array<ArrayBuffer>, to = site) =>
  to.sendText(`api/db/${table}/import`, csv);

describe("export", () => {
  it("quotes what needs it, and takes the power from formulas", async () => {
    await site.add("customers", {
      name: 'Ada "The Countess", Lovelace',
      notes: "two\nlines",
      phone: "+44 20 7946",
    });
    await site.add("customers", { name: "=HYPERLINK(1)", notes: "'=1", email: "a@example.org" });
    const answer = await site.get("customers/export.csv");
    expect(answer.headers.get("Content-Type")).toContain("text/csv");
    const bytes = Buffer.from(await answer.arrayBuffer());
    const [heading, ...lines] = bytes.toString("utf8").split("\r\n");
    expect(heading).toBe("\uFEFFid,Name,Phone,Email,Notes,Added,Last changed");
    expect(lines[0]).toMatch(
      /^[0-9a-f-]{36},"Ada ""The Countess"", Lovelace",\+44 20 7946,,"two\nlines",2026/,
    );
    expect(lines[1]).toMatch(/^[0-9a-f-]{36},'=HYPERLINK\(1\),,a@example.org,''=1,2026/);
  });

  it("takes it from headings too, and knows them again", async () => {
    const schema = structuredClone(repairShop);
    Object.assign(schema.tables.customers?.columns.notes ?? {}, { label: "=Notes()" });
    const odd = siteOf(schema);
    await odd.add("customers", { name: "Ada", notes: "kept" });
    const csv = await (await odd.get("customers/export.csv")).text();
    expect(csv).toContain(",'=Notes(),");
    const other = siteOf(schema);
    await upload("customers", csv, other);
    expect((await other.json("GET", "api/db/customers")).body.data[0]).toMatchObject({ notes: "kept" });
  });

  it("holds every row that the filter finds, however many there are", async () => {
    const insert = site.db.prepare(
      "INSERT INTO products (id, name, category, created_at, updated_at) VALUES (?, ?, ?, '', '')",
    );
    for (let at = 0; at < 1700; at++)
      insert.run(`p${at}`, `Product ${at}`, at % 2 === 0 ? "Cases" : "Phones");
    const lines = (await (await site.get("products/export.csv?category=Cases")).text()).trim().split("\r\n");
    expect(lines).toHaveLength(851);
    expect(lines.at(-1)).toContain("Product 1698");
  });
});

describe("import", () => {
  it("adds the rows of a file, and says which of its columns mean nothing here", async () => {
    expect((await upload("customers", "NAME;phone\r\nAda;12345\r\n")).status).toBe(201);
    const partly = await upload("customers", "NAME;phone;Shoe size\r\nGrace;;40\r\n");
    expect([partly.status, await partly.json()]).toMatchObject([201, { ignored: ["Shoe size"] }]);
    expect(count("customers")).toBe(2);
  });

  it("is told of on a page of its own, with a command that works for this table", async () => {
    const page = await (await site.get("customers/import")).text();
    expect(page).toContain("Name (needed), Phone, Email, Notes");
    expect(page).toContain("http://localhost/api/db/customers/import");
    expect((await site.get("nothing/import")).status).toBe(404);
  });

  it("tells every row's errors and adds none of the rows", async () => {
    const csv = "Name,Email\nAda,ada@example.org\n,bob\nCleo,ada@example.org\nDan,dan@example.org,extra\n";
    const refused = await upload("customers", csv);
    const told = ((await refused.json()) as Answer).error.message;
    expect(refused.status).toBe(400);
    expect(told).toMatch(
      /^Nothing was imported. Row 3: “Email” must be an e-mail address. It says “bob”. “Name” is needed./,
    );
    expect(told).toMatch(/Row 4: “Email” must be different in every row/);
    expect(told).toMatch(/Row 5: The row has 3 cells/);
    expect(count("customers")).toBe(0);
  });

  it.each([
    ["", "The first line must name columns of “Customers”"],
    ["Colour\nred\n", "The first line must name columns of “Customers”"],
    ["Name\n", "no rows below"],
    ['Name\n"open', "opened in this file and never closed"],
  ])("refuses the file %j with a sentence", async (csv, words) => {
    const answer = await upload("customers", csv);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Answer).error.message).toContain(words);
    expect(site.errors).toEqual([]);
  });

  it("refuses a file that is not UTF-8", async () => {
    const answer = await upload("customers", new Uint8Array([...Buffer.from("Name\nM"), 0xfc, 0x0a]));
    expect(await answer.text()).toContain("not text in UTF-8");
  });

  it("finds references by name or by id", async () => {
    const ada = await site.add("customers", { name: "Ada" });
    const csv = `Customer,Device\nada,Phone\n${ada},Tablet\nNobody,Laptop\n`;
    const { error } = (await (await upload("repairs", csv)).json()) as Answer;
    expect(error.message).toMatch(
      /^Nothing was imported. Row 4: [^.]*does not know a customer “Nobody”\.( “Customer” is needed\.)?$/,
    );
  });

  it("reads back its own export into an empty app, rows, references and all", async () => {
    const ada = await site.add("customers", {
      name: "=Ada",
      phone: "+44 123",
      notes: 'two\nlines, "quoted"',
    });
    await site.add("customers", { name: "=Ada" });
    const repair = await site.add("repairs", { customer: ada, device: "-", received_at: "2026-01-02T03:04" });
    const other = siteOf(repairShop);
    for (const table of ["customers", "repairs"]) {
      const csv = await (await site.get(`${table}/export.csv`)).text();
      const answer = await upload(table, csv, other);
      // When a row was added and changed is the app's own to say.
      expect([answer.status, await answer.json()]).toMatchObject([
        ...[201, { ignored: ["Added", "Last changed"] }],
      ]);
    }
    const without = ({ created_at: _c, updated_at: _u, ...rest }: Record<string, unknown>) => rest;
    for (const [table, id] of [
      ["customers", ada],
      ["repairs", repair],
    ]) {
      const [here, there] = await Promise.all(
        [site, other].map(async (one) => (await one.json("GET", `api/db/${table}/${id}`)).body.data),
      );
      expect(without(there ?? {})).toEqual(without(here ?? {}));
    }
    const again = await upload("customers", await (await site.get("customers/export.csv")).text(), other);
    expect(await again.text()).toContain("is there already");
  });

  it("adds the rows that fit where one says so, and gives the others back as a file that can be corrected", async () => {
    const csv = 'Name,Email\nAda,ada\n"Bob ""B"", jr.",bob@example.org\n';
    const done = await site.sendText("api/db/customers/import?wrong=leave-out", csv);
    const { wrongRows, ...told } = (await done.json()) as { wrongRows: string };
    expect(told).toMatchObject({ imported: 1, wrong: 1 });
    expect(count("customers")).toBe(1);
    const corrected = wrongRows.replace("Ada,ada,", "Ada,ada@example.org,");
    const again = await site.sendText("api/db/customers/import", corrected);
    expect([again.status, await again.json()]).toMatchObject([201, { ignored: ["What is wrong"] }]);
    const program = await site.sendText("api/db/customers/import?wrong=leave-out", "name,email\nEve,\nX,x\n");
    expect(await program.json()).toMatchObject({
      ...{ imported: 1, wrong: 1, problems: [{ line: 3 }] },
      wrongRows: "name,email,What is wrong\r\nX,x,“Email” must be an e-mail address. It says “x”.\r\n",
    });
  });

  it("takes CSV from programs, all rows or none", async () => {
    const good = await site.sendText("api/db/customers/import", "name\nAda\nGrace\n");
    expect([good.status, await good.json()]).toEqual([
      201,
      { success: true, imported: 2, changed: 0, used: ["name"], ignored: [], above: [] },
    ]);
    const more = await site.sendText("api/db/customers/import", "Name;Tel.;Ort\nEve;1;Ulm\n");
    expect(await more.json()).toMatchObject({
      imported: 1,
      used: ["Name"],
      ignored: ["Tel.", "Ort"],
      above: [],
    });
    const bad = await site.sendText("api/db/customers/import", "name,email\nAda,\nBob,bob\n");
    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ error: { message: expect.stringContaining("Row 3: “Email”") } });
    expect(count("customers")).toBe(3);
  });

  it.each([
    ["iso-8859-1", [0x4d, 0xfc]],
    ["windows-1250", [0x4d, 0xfc]],
    ["utf-16le", [...Buffer.from("Mü", "utf16le")]],
  ])("takes text in %s from programs that say so, and keeps the letters", async (charset, bytes) => {
    const heading = charset === "utf-16le" ? Buffer.from("Name\n", "utf16le") : Buffer.from("Name\n");
    const body = new Uint8Array([...heading, ...bytes]);
    const send = (type: string) => site.sendText("api/db/customers/import", body, type);
    if (charset !== "utf-16le") {
      const silent = await send("text/csv");
      expect([silent.status, await silent.text()]).toEqual([
        400,
        expect.stringContaining("not text in UTF-8"),
      ]);
    }
    expect((await send(`text/csv; charset=${charset}`)).status).toBe(201);
    expect((await site.json("GET", "api/db/customers")).body.data.map(({ name }) => name)).toEqual(["Mü"]);
    expect((await send("text/csv; charset=nonsense")).status).toBe(400);
  });

  it("reads a file as its mark says", async () => {
    const marked = new Uint8Array([0xff, 0xfe, ...Buffer.from("Name\nMüller\n", "utf16le")]);
    expect((await upload("customers", marked)).status).toBe(201);
    expect((await site.json("GET", "api/db/customers")).body.data).toMatchObject([{ name: "Müller" }]);
  });
});
