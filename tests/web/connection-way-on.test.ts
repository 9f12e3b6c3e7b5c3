import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { nothingSaid } from "#core/access.ts";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { everything } from "#core/rights.ts";
import { standBelow } from "#core/route.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site } from "./site.ts";

/** Fails for what the other side says of this field of its connections. */
const call = (field: string) =>
  workflow(
    `call-${field}`,
    "Call",
    "For tests.",
    start({ fields: [text("from", "From"), text("to", "To")], subject: ({ from }) => from }),
  )
    .do("call", "Call", {
      run: async ({ log }) => {
        log("$ call --now");
        throw new AppError("remote-refused", "It is refused.", { canPass: false, field });
      },
    })
    .hands(() => ({ sentence: "Called." }));

let site: Site;
let mine: string;
let other: string;
beforeAll(async () => {
  site = await openSite({ workflows: [call("token"), call("colour")] });
  const add = (name: string) =>
    site.deps.connections.add("echo", name, { address: "here", token: "s3cret" }, ada);
  [mine, other] = [(await add("Mine")).id, (await add("Other")).id];
});
afterAll(() => site.close());

const failed = async (field: string, from: string, to = "") => {
  const { runId } = await site.engine.start(`call-${field}`, { from, to }, "Ada", { starter: "ada" });
  await site.engine.settled(runId, 10_000, new AbortController().signal);
  return { runId, picture: await site.engine.picture(runId) };
};

test("what fails for a secret of the run's connection leads to that connection first", async () => {
  const { runId, picture } = await failed("token", mine);
  const wayOn = { href: `/connections/${mine}?run=${runId}`, label: "Change the connection “Mine”…" };
  expect(picture.error?.wayOn).toEqual(wayOn);
  const page = await (await site.get(`/runs/${runId}`)).text();
  const card = /id="error-card"[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
  expect(card).toContain(`class="button button-primary" href="/connections/${mine}?run=${runId}"`);
  // Nothing came back: what was about to be run is no last word.
  expect(card).not.toContain("The last that it said");
  expect(card).toMatch(/<button[^>]*class="[^"]*button-outline[^"]*"[^>]*>Try this step again/);
});

test("the connection's form tells at the field why the run failed, and leads back to it once all is right there", async () => {
  const { runId } = await failed("token", mine);
  const path = `/connections/${mine}?run=${runId}`;
  const form = await (await site.get(path)).text();
  expect(form).toMatch(
    /<input[^>]*name="token"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*name="token"/,
  );
  expect(form).toContain("It is refused.");
  expect(form).toContain(`action="${path}"`);
  const post = async (token: string) =>
    (await site.post(path, { name: "Mine", address: "here", token })).headers.get("Location");
  expect(await post("wrong")).toBe("/connections");
  expect(await post("right")).toBe(`/runs/${runId}`);
});

test("nobody is led to a connection that has no such field, nor to one of two", async () => {
  for (const { picture } of [await failed("colour", mine), await failed("token", mine, other)]) {
    expect(picture.state).toBe("failed");
    expect(picture.error?.wayOn).toBeUndefined();
  }
});

test.each(["/", "/milepost"])(
  "below %s, whoever may change no connection is not led to one",
  async (path) => {
    standBelow(path);
    onTestFinished(() => standBelow("/"));
    const { picture } = await failed("token", mine);
    const seen = (role: "admin" | "operator") => {
      const person = { id: "ada", name: "Ada", role };
      return seenBy(picture, permitsOf({ person, scope: everything, access: nothingSaid }, picture)).error;
    };
    expect(seen("admin")?.wayOn).toBeDefined();
    expect(seen("operator")).toMatchObject({ message: picture.error?.message, field: "token" });
    expect(seen("operator")?.wayOn).toBeUndefined();
  },
);
