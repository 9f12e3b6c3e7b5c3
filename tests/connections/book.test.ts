import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BuiltIn, type ConnectionBook, createConnectionBook } from "#connections/book.ts";
import { createSeal } from "#connections/seal.ts";
import type { ConnectionKind } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Store } from "#core/store.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { echoKind } from "../web/site.ts";

let store: Store;
let book: ConnectionBook;
beforeEach(async () => {
  store = await newStore();
  const random = (n: number) => randomBytes(n);
  book = createConnectionBook({
    table: store.connections,
    accounts: store.accounts,
    seal: createSeal(randomBytes(32), random),
    kinds: [echoKind],
    clock: realClock,
    random,
  });
});
afterEach(() => store.close());

const add = (token = "right") => book.add("echo", "Mine", { address: "here", token }, ada);
const never = new AbortController().signal;

test("a secret is in no list, in no stored row, and comes out only for the step that opens the connection", async () => {
  const { id } = await add("s3cret-token");
  const shown = JSON.stringify([await book.all(), await book.list("echo"), await book.get(id)]);
  expect(shown).not.toContain("s3cret-token");
  expect(JSON.stringify(await store.connections.list())).not.toContain("s3cret-token");
  expect((await book.open(id)).values).toEqual({ address: "here", token: "s3cret-token" });
});

test("changing with an empty secret keeps the old one, with a new one replaces it", async () => {
  const { id, values } = await add("first");
  const address = values.address ?? "";
  await book.change(id, "Renamed", { address, token: "" }, ada);
  expect((await book.open(id)).values).toEqual({ address, token: "first" });
  await book.change(id, "Renamed", { address: "there", token: "second" }, ada);
  expect((await book.open(id)).values).toEqual({ address: "there", token: "second" });
  expect((await book.get(id)).name).toBe("Renamed");
});

test("a secret never travels to another address: who changes the address has to enter it again", async () => {
  const { id } = await add("first");
  const before = (await book.open(id)).values;
  await expect(book.change(id, "Mine", { address: "elsewhere", token: "" }, ada)).rejects.toMatchObject({
    code: "bad-input",
    field: "token",
  });
  expect((await book.open(id)).values).toEqual(before);
});

test("a wrong value names its field and stores nothing", async () => {
  const wrong = [
    [{ address: "a b", token: "t" }, "address"],
    [{ address: "", token: "t" }, "address"],
    [{ address: "here", token: "" }, "token"],
  ] as const;
  for (const [values, field] of wrong)
    await expect(book.add("echo", "Mine", values, ada)).rejects.toMatchObject({ code: "bad-input", field });
  await expect(book.add("echo", " ", { address: "here", token: "t" }, ada)).rejects.toMatchObject({
    field: "name",
  });
  await expect(book.add("fax", "Mine", {}, ada)).rejects.toMatchObject({ code: "not-found" });
  expect(await book.all()).toEqual([]);
});

test("values that the kind does not know are not kept", async () => {
  const { id } = await book.add("echo", "Mine", { address: "here", token: "t", extra: "x" }, ada);
  expect((await book.open(id)).values).toEqual({ address: "here", token: "t" });
});

test("a test uses the stored secret and is remembered until the connection changes", async () => {
  const { id } = await add("wrong");
  expect((await book.test(id, never)).lastTest).toMatchObject({ ok: false });
  await book.change(id, "Mine", { address: "here", token: "right" }, ada);
  expect((await book.get(id)).lastTest).toBeNull();
  await book.test(id, never);
  expect((await book.get(id)).lastTest).toMatchObject({ ok: true, sentence: "Signed in." });
});

test("what a test found is kept by one press, without the secret being asked for again, and only that", async () => {
  const { id } = await add();
  await expect(book.accept(id, ada)).rejects.toMatchObject({ code: "not-allowed-now" });
  const finding: ConnectionKind = {
    ...echoKind,
    test: async () => ({
      ...{ ok: false, sentence: "Who is that?", latencyMs: 1, facts: [] },
      offer: { field: "address", value: "there", press: "This is it" },
    }),
  };
  const random = (n: number) => randomBytes(n);
  const seal = createSeal(random(32), random);
  const { accounts, connections: table } = store;
  const found = createConnectionBook({ table, accounts, seal, kinds: [finding], clock: realClock, random });
  const other = await found.add("echo", "Other", { address: "here", token: "right" }, ada);
  await found.test(other.id, never);
  expect(await found.accept(other.id, ada)).toMatchObject({ values: { address: "there" }, lastTest: null });
  expect((await found.open(other.id)).values).toEqual({ address: "there", token: "right" });
});

test("what a system says in a test is kept short, plain and without our secret, in whatever form it says it", async () => {
  const secret = "mp_1b7QzX/94kLmnopRSTuvw";
  const told = [
    ...[
      "\u001b]0;PWN\u0007 root",
      "user\u202egnp.exe",
      "x".repeat(4_000_000),
      secret,
      encodeURIComponent(secret),
    ],
    ...[Buffer.from(`user:${secret}`).toString("base64"), secret.slice(0, 12), secret.slice(12)],
    JSON.stringify({ got: secret }),
  ];
  const hostile = createConnectionBook({
    table: store.connections,
    accounts: store.accounts,
    seal: createSeal(randomBytes(32), (n) => randomBytes(n)),
    kinds: [
      {
        ...echoKind,
        test: async () => ({
          ...{ ok: true, sentence: told.join("\n"), latencyMs: 1 },
          facts: Array.from({ length: 200 }, (_, at) => ({
            label: "It says",
            value: told[at % told.length] ?? "",
          })),
        }),
      },
    ],
    clock: realClock,
    random: (n) => randomBytes(n),
  });
  const { id } = await hostile.add("echo", "Mine", { address: "here", token: secret }, ada);
  await hostile.test(id, never);
  const kept = JSON.stringify((await hostile.get(id)).lastTest);
  expect(kept.length).toBeLessThan(16_000);
  expect(kept).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(kept).not.toMatch(/94kLmnopRSTuvw|mp_1b7Qz|bXBfMWI3|94kLmno/);
});

test("a removed connection is gone for lists and steps alike", async () => {
  const { id } = await add();
  await book.remove(id, ada);
  expect(await book.all()).toEqual([]);
  await expect(book.open(id)).rejects.toMatchObject({ code: "not-found" });
});

const offered = (open: BuiltIn["open"]): BuiltIn => ({
  ...{ id: "here", kind: "echo", name: "This machine", values: {} },
  open,
});

test("what Milepost itself offers is started by its first use alone, and found where it is this time", async () => {
  const opened: string[] = [];
  const at = (address: string) =>
    offered(async () => {
      opened.push(address);
      return { address, token: "right" };
    });
  await book.offer([at("port-1")]);
  await book.offer([at("port-2")]);
  expect(await book.all()).toMatchObject([{ id: "here", builtIn: true, values: {} }]);
  expect(opened).toEqual([]);
  expect((await book.open("here")).values).toEqual({ address: "port-2", token: "right" });
  expect(await book.test("here", never)).toMatchObject({
    lastTest: { ok: true },
    values: { address: "port-2" },
  });
  await expect(book.remove("here", ada)).rejects.toMatchObject({ code: "not-allowed-now" });
  await expect(book.change("here", "Other", {}, ada)).rejects.toMatchObject({ code: "not-allowed-now" });
});

test("a test of what Milepost itself offers says so when that does not come up", async () => {
  const sentence = "This machine's own SSH host could not be started: no room.";
  await book.offer([offered(() => Promise.reject(new AppError("unreachable", sentence)))]);
  expect((await book.test("here", never)).lastTest).toMatchObject({ ok: false, sentence });
});

test("what Milepost no longer offers is gone, and what people added stays", async () => {
  const { id } = await add();
  await book.offer([offered(async () => ({ address: "here", token: "right" }))]);
  await book.offer([]);
  expect((await book.all()).map((one) => one.id)).toEqual([id]);
});
