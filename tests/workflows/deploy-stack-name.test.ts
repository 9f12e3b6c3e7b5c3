import { expect, test } from "vitest";
import { checkName } from "#workflows/deploy-stack/check-name.ts";
import { addProject, clientOf, ownServer } from "./deploy-stack-world.ts";

const signal = new AbortController().signal;

const asked = async () => {
  const server = await ownServer();
  const connection = {
    id: "dok",
    kind: "dokploy",
    name: "Dokploy",
    values: {},
    builtIn: true,
    createdAt: 0,
    lastTest: null,
  };
  const deps = {
    connections: { list: async () => [connection], open: async () => ({ connection, values: {} }) },
    connect: async () => clientOf(server),
  };
  return { server, check: (name: string) => checkName(deps, name, signal) };
};

test("a good name that no stack has is valid and available", async () => {
  const { check } = await asked();
  expect(await check("demo")).toEqual({ valid: true, available: true, reason: null });
});

test("the name of a stack that is there is valid but not available, whoever made it", async () => {
  const { server, check } = await asked();
  await addProject(server, "ai-stack-demo");
  expect(await check("demo")).toMatchObject({ valid: true, available: false, reason: expect.any(String) });
});

test.each(["ab", "a".repeat(21), "Demo", "-demo", "demo-", "de mo", ""])(
  "“%s” is not valid, and Dokploy is not asked about it",
  async (name) => {
    const { server, check } = await asked();
    expect(await check(name)).toMatchObject({ valid: false, available: false });
    expect(server.calls).toEqual([]);
  },
);
