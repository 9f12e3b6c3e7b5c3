import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonRef, Role } from "#core/people.ts";
import { repairShop } from "../apps/samples.ts";
import { ada } from "../people/ada.ts";
import { tagsOf } from "../views/read-html.ts";
import { openSite, readyExport, type Site, whence } from "./site.ts";

let site: Site;
let asked: string;
let over: string;
/** Every page that has something to press, with something on it. */
let pages: string[];

beforeAll(async () => {
  site = await openSite();
  [asked, over] = await Promise.all([site.asking("asked"), site.asking("over")]);
  const keep = async (path: string, form: Record<string, string>) =>
    expect((await site.post(path, form)).status).toBe(303);
  await site.engine.answer(over, "colour", { colour: "red" }, "Ada");
  await site.engine.settled(over, 5_000, AbortSignal.timeout(10_000));
  await keep(`/runs/${over}/keep`, { name: "Red as ever" });
  await keep("/kept", { name: "Runs that failed", of: "runs", query: "state=failed" });
  await keep("/kept", { name: "Files that are here", of: "exports", query: "state=ready" });
  await site.store.exports.takeOver(await readyExport(site, "a\n1\n"), "run-1", over);
  site.deps.apps.create(repairShop, over);
  pages = ["/", "/runs", "/exports", "/apps", "/workflows/colours", "/find?words=", "/settings"];
  pages.push(`/runs/${asked}`, `/runs/${over}`);
});
afterAll(() => site.close());

const someone = async (role: Role): Promise<{ person: PersonRef; cookie: string }> => {
  const { person, link } = await site.deps.people.invite({ name: `${role} ${site.deps.newId()}`, role }, ada);
  return { person, cookie: `milepost=${await site.deps.signIn.useLink(link, whence)}` };
};

/** Where the forms of all pages send something to, that could be pressed. */
const offeredTo = async (cookie: string): Promise<string[]> => {
  const actions = new Set<string>();
  for (const path of pages) {
    const answer = await site.get(path, { cookie });
    expect([path, answer.status]).toEqual([path, 200]);
    const open: boolean[] = [];
    for (const { name, attributes } of tagsOf(await answer.text())) {
      if (name === "fieldset") open.push("disabled" in attributes);
      if (name === "form" && attributes.method === "post" && open.at(-1) !== true)
        actions.add(attributes.action ?? "");
      if (attributes.formaction !== undefined && open.at(-1) !== true) actions.add(attributes.formaction);
    }
  }
  return [...actions];
};

test.each<Role>(["viewer", "operator", "admin"])(
  "whatever a page offers a %s to press is not refused for who they are",
  async (role) => {
    const { cookie } = await someone(role);
    const offered = await offeredTo(cookie);
    for (const action of offered.filter((one) => one !== "/sign-out"))
      expect([action, (await site.post(action, {}, { cookie })).status]).not.toEqual([action, 403]);
  },
);

test("a viewer is offered what is theirs alone; an operator what starts something, of their own runs what controls them", async () => {
  const [viewer, operator] = await Promise.all([someone("viewer"), someone("operator")]);
  const own = (actions: string[]) =>
    actions.filter((one) => !/^\/(settings|sign-out|notifications)|\/bell$/.test(one)).sort();
  expect(own(await offeredTo(viewer.cookie))).toEqual([]);
  const by = { kind: "person" as const, id: operator.person.id, name: operator.person.name };
  const mine = await site.deps.engine.start("colours", { name: "mine" }, { ...by, personId: by.id });
  await site.engine.settled(mine.runId, 5_000, AbortSignal.timeout(10_000));
  const offered = own(await offeredTo(operator.cookie));
  const cancels = offered.filter((one) => /^\/runs\/\w+\/cancel$/.test(one));
  expect(cancels).toEqual([`/runs/${mine.runId}/cancel`]);
  expect(offered).toEqual(expect.arrayContaining(["/workflows/colours/runs", "/kept", "/runs/cancel"]));
  expect(offered.filter((one) => /^\/(apps|exports)\//.test(one))).toEqual([]);
});

test("pages of an app lead a viewer to nothing that would change it, and whoever may change it to the forms that do", async () => {
  const [viewer, operator] = await Promise.all([someone("viewer"), someone("operator")]);
  const at = "/apps/repair-shop/";
  const add = async (table: string, row: object): Promise<string> => {
    const answer = await site.call("POST", `${at}api/db/${table}`, row);
    return ((await answer.json()) as { data: { id: string } }).data.id;
  };
  const customer = await add("customers", { name: "Ada" });
  await add("repairs", { customer, device: "Phone", status: "received" });
  const shown = ["", "customers", "repairs", "repairs/board", `customers/rows/${customer}`];
  /** Everything that can be pressed there, by the last word of its address. */
  const leadTo = async (cookie: string) => {
    const found = new Set<string>();
    for (const path of shown) {
      const page = await site.get(`${at}${path}`, { cookie });
      expect([path, page.status]).toEqual([path, 200]);
      for (const { attributes } of tagsOf(await page.text()))
        for (const name of ["href", "action", "hx-get", "hx-post"])
          for (const [, word = ""] of (attributes[name] ?? "").matchAll(
            /\/(new|import|edit|delete|move)(?:$|\?)/g,
          ))
            found.add(word);
    }
    return [...found].sort();
  };
  expect(await leadTo(operator.cookie)).toEqual(["delete", "edit", "import", "move", "new"]);
  expect(await leadTo(viewer.cookie)).toEqual([]);
  for (const [path, status] of [
    ["customers/new", 200],
    ["customers/import", 303],
    [`customers/rows/${customer}/edit`, 200],
  ] as const) {
    expect([path, (await site.get(at + path, { cookie: operator.cookie })).status]).toEqual([path, status]);
    const refused = await site.get(at + path, { cookie: viewer.cookie });
    expect([path, refused.status, (await refused.text()).includes("You may look at this app")]).toEqual([
      path,
      403,
      true,
    ]);
  }
  expect((await site.post(`${at}customers`, { name: "Eve" }, { cookie: viewer.cookie })).status).toBe(403);
});
