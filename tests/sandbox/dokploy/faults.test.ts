import { expect, test } from "vitest";
import type { ErrorCode } from "#sandbox/dokploy/api-error.ts";
import { openSandbox } from "./world.ts";

const names = (all: { body: unknown }) => (all.body as { name: string }[]).map((row) => row.name);

test.each([
  ["UNAUTHORIZED", 401],
  ["NOT_FOUND", 404],
  ["CONFLICT", 409],
  ["INTERNAL_SERVER_ERROR", 500],
] satisfies [ErrorCode, number][])(
  "a call can be refused as %s so many times, without effect",
  async (refuse, status) => {
    const { faults, get, post } = await openSandbox();
    faults.calls["project.create"] = [{ refuse, times: 2, message: "because" }];
    const statuses: number[] = [];
    for (let nth = 0; nth < 3; nth++)
      statuses.push((await post("project.create", { name: `p${nth}` })).status);
    expect(statuses).toEqual([status, status, 200]);
    expect(names(await get("project.all"))).toEqual(["p2"]);
  },
);

test("a fault without a number stays until it is taken away, and concerns its own call only", async () => {
  const { faults, get, post } = await openSandbox();
  faults.calls["project.create"] = [{ refuse: "CONFLICT" }];
  for (let nth = 0; nth < 3; nth++) expect((await post("project.create", { name: "p" })).status).toBe(409);
  expect((await get("project.all")).status).toBe(200);
  faults.calls = {};
  expect((await post("project.create", { name: "p" })).status).toBe(200);
});

test("several faults of a call come one after the other", async () => {
  const { faults, post } = await openSandbox();
  faults.calls["project.create"] = [
    { refuse: "INTERNAL_SERVER_ERROR", times: 1 },
    { answer: "empty", times: 1 },
  ];
  const seen = [];
  for (let nth = 0; nth < 3; nth++) seen.push(await post("project.create", { name: "p" }));
  expect(seen).toMatchObject([{ status: 500 }, { status: 200, body: undefined }, { body: { project: {} } }]);
});

test("an answer can be lost: the connection is cut, and the project is there", async () => {
  const { faults, get, post } = await openSandbox();
  faults.calls["project.create"] = [{ cut: "after", times: 1 }];
  await expect(post("project.create", { name: "p" })).rejects.toThrow("fetch failed");
  expect(names(await get("project.all"))).toEqual(["p"]);
});

test("a request can be lost: the connection is cut, and nothing happened", async () => {
  const { faults, get, post } = await openSandbox();
  faults.calls["project.create"] = [{ cut: "before", times: 1 }];
  await expect(post("project.create", { name: "p" })).rejects.toThrow("fetch failed");
  expect((await get("project.all")).body).toEqual([]);
});

test("a call can stay without an answer, and closing the server ends it", async () => {
  const { faults, requests, get, close } = await openSandbox();
  faults.calls["project.all"] = [{ answer: "never" }];
  const asked = get("project.all").catch((thrown: unknown) => thrown);
  await expect.poll(() => requests.length).toBe(1);
  await close();
  expect(await asked).toBeInstanceOf(TypeError);
});

test("a slow call has its effect before its answer", async () => {
  const { faults, get, post, close } = await openSandbox();
  faults.calls["project.create"] = [{ slowMs: 2_000 }];
  let answered = false;
  const asked = post("project.create", { name: "p" })
    .catch(() => null)
    .finally(() => {
      answered = true;
    });
  await expect.poll(async () => names(await get("project.all"))).toEqual(["p"]);
  expect(answered).toBe(false);
  await close();
  await asked;
});
