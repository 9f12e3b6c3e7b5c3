import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { noFaults } from "#sandbox/botify/faults.ts";
import { openSandbox, openSandboxForTest, type Sandbox } from "./world.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
  for (let nth = 0; nth < 12; nth++) sandbox.addSynthetic("shop", 30);
  sandbox.addSynthetic("blog", 3);
});
afterAll(() => sandbox.close());
beforeEach(() => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
});

test.each(["/authentication/profile", "/projects/this-machine", "/jobs"])(
  "%s answers 401 with code 1001 to a wrong, a missing and a differently worded token",
  async (path) => {
    for (const authorization of ["Token wrong", "", `Bearer ${sandbox.token}`, sandbox.token]) {
      const answer = await fetch(`${sandbox.url}${path}`, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: { error_code: "1001", error_detail: {} } });
    }
  },
);

test("the profile tells the name that the token belongs to", async () => {
  expect(await sandbox.ask("/authentication/profile")).toEqual({
    status: 200,
    body: { data: { username: "this-machine" } },
  });
});

test("a sixth call within a second answers 429 with code 1053, and a second later calls are answered again", async () => {
  let now = 1_000_000;
  const strict = await openSandboxForTest({ now: () => now });
  strict.faults.callsPerSecond = 5;
  const codes = async (calls: number) => {
    const seen: number[] = [];
    for (let nth = 0; nth < calls; nth++) seen.push((await strict.ask("/authentication/profile")).status);
    return seen;
  };
  expect(await codes(6)).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await strict.ask("/authentication/profile")).body).toMatchObject({ error: { error_code: "1053" } });
  now += 1_001;
  expect(await codes(1)).toEqual([200]);
});

test("analyses come newest first, and following next gives each of them once", async () => {
  const slugs: string[] = [];
  let next: string | null = "/analyses/this-machine/shop/light?size=5";
  let pages = 0;
  while (next !== null) {
    const { body } = await sandbox.ask(next);
    const page = body as { count: number; results: { slug: string }[]; next: string | null };
    expect(page.count).toBe(12);
    slugs.push(...page.results.map(({ slug }) => slug));
    next = page.next;
    pages++;
  }
  expect(pages).toBe(3);
  const day = slugs.at(-1) ?? "";
  expect(day).toMatch(/^\d{8}$/);
  expect(slugs).toEqual([...Array.from({ length: 11 }, (_, index) => `${day}-${12 - index}`), day]);
});

test("both addresses of a person's projects tell the same, paged", async () => {
  for (const path of ["/projects/this-machine?size=1", "/users/this-machine/projects?size=1"]) {
    const { body } = await sandbox.ask(path);
    expect(body).toMatchObject({ count: 2, page: 1, size: 1, previous: null, results: [{ slug: "blog" }] });
    const second = await sandbox.ask((body as { next: string }).next);
    expect(second.body).toMatchObject({ next: null, results: [{ slug: "shop" }] });
  }
});

test("an unfinished crawl is hidden until only_success=false asks for it", async () => {
  const { analysis, project } = await sandbox.crawled(
    (await sandbox.beginCrawl({ url: "http://127.0.0.1:9/", project: "nobody-there" })).id,
  );
  const light = `/analyses/this-machine/${project}/light`;
  expect((await sandbox.ask(light)).body).toMatchObject({ count: 0 });
  expect((await sandbox.ask(`${light}?only_success=false`)).body).toMatchObject({
    results: [{ slug: analysis, status: "failed" }],
  });
});

test.each([
  ["/analyses/this-machine/nothing/light", "1010"],
  ["/projects/this-machine/nothing/collections", "1010"],
  ["/analyses/someone-else/shop/light", "1010"],
  ["/analyses/this-machine/shop/19990101", "1004"],
  ["/projects/this-machine/shop/collections/crawl.19990101", "1004"],
])("%s answers 404 with code %s in Botify's shape", async (path, code) => {
  const { status, body } = await sandbox.ask(path);
  expect(status).toBe(404);
  expect(body).toEqual({ error: { message: expect.any(String), error_code: code, error_detail: {} } });
});

test("collections are a plain list, and every field they tell of can be asked for", async () => {
  const { body } = await sandbox.ask("/projects/this-machine/blog/collections");
  const [collection] = body as { id: string }[];
  expect(collection?.id).toMatch(/^crawl\.\d{8}$/);
  const analysis = collection?.id.slice("crawl.".length) ?? "";
  const model = await sandbox.ask(
    `/projects/this-machine/blog/collections/${collection?.id}?sequenced=false`,
  );
  const { datasets } = model.body as {
    datasets: { fields: { id: string; type: string; group: string }[] }[];
  };
  const fields = datasets.flatMap((one) => one.fields);
  expect(fields.length).toBeGreaterThan(15);
  for (const { id } of fields) {
    const rows = await sandbox.rows("blog", analysis, { dimensions: [id] });
    expect(rows).toHaveLength(id.includes("graph") ? 0 : 3);
  }
});

test("an address that does not exist answers 404 as JSON", async () => {
  expect(await sandbox.ask("/nothing/here")).toMatchObject({
    status: 404,
    body: { error: { message: "Not found" } },
  });
});

test("each of the faults of every call comes when it is switched on, and is gone afterwards", async () => {
  const profile = () =>
    fetch(`${sandbox.url}/authentication/profile`, { headers: { authorization: `Token ${sandbox.token}` } });
  sandbox.faults.unauthorized = true;
  expect((await profile()).status).toBe(401);
  sandbox.faults.unauthorized = false;
  sandbox.faults.tooMany = 2;
  expect([(await profile()).status, (await profile()).status, (await profile()).status]).toEqual([
    429, 429, 200,
  ]);
  sandbox.faults.htmlInsteadOfJson = true;
  expect((await profile()).headers.get("content-type")).toContain("text/html");
  sandbox.faults.htmlInsteadOfJson = false;
  expect((await profile()).status).toBe(200);
});
