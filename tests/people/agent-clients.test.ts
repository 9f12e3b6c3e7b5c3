import { expect, test } from "vitest";
import { createAgentClients } from "#people/agent-clients.ts";
import { seal } from "../triggers/world.ts";

const id = "https://agents.example/desk.json";
const good = { client_id: id, client_name: "Desk", redirect_uris: ["http://127.0.0.1/back"] };
const clients = (document: unknown) => {
  const asked: string[] = [];
  let now = 1_000;
  const made = createAgentClients({
    secrets: seal,
    clock: { now: () => now },
    document: async (url) => {
      asked.push(url.href);
      if (document instanceof Error) throw document;
      return document;
    },
  });
  return { ...made, asked, pass: (ms: number) => (now += ms) };
};

test("a program is what the document at its id says, which is looked at again after a while", async () => {
  const { client, asked, pass } = clients(good);
  expect(await client(id)).toEqual({
    id,
    name: "Desk (agents.example)",
    redirects: ["http://127.0.0.1/back"],
  });
  await client(id);
  expect(asked).toHaveLength(1);
  pass(11 * 60_000);
  await client(id);
  expect(asked).toHaveLength(2);
});

test.each([
  ["speaks for another", { ...good, client_id: "https://other.example/x.json" }],
  ["names a place that a browser would run", { ...good, redirect_uris: ["javascript:alert(1)"] }],
  ["names no place", { ...good, redirect_uris: [] }],
  ["is no document", "<html>"],
  ["is not there", new Error("404")],
])("a document that %s is nobody's", async (_, document) => {
  expect(await clients(document).client(id)).toBeNull();
});

test.each([
  "https://agents.example",
  "https://agents.example/",
  "https://agents.example/a/../desk.json",
  "https://ann@agents.example/desk.json",
  "https://agents.example/desk.json#x",
  "http://agents.example/desk.json",
  `https://agents.example/${"x".repeat(2_000)}`,
  "made up",
  "",
])("nothing is asked for the id “%s”", async (odd) => {
  const { client, asked } = clients(good);
  expect(await client(odd)).toBeNull();
  expect(asked).toEqual([]);
});
