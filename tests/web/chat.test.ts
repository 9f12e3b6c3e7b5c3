import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approval } from "#core/approval.ts";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite, type Site } from "./site.ts";

const named = start({ fields: [text("name", "Name", { required: true })], subject: ({ name }) => name });

/** Asks for an approval of a risk before it does anything. */
const release = (id: string, risk: "low" | "high") =>
  workflow(id, `Release with ${risk} risk`, "Asks before it acts.", named)
    .ask(
      "agree",
      "Agree to it",
      approval({
        about: () => ({ what: "The old one is replaced.", risk, impact: ["Nobody is served for a second."] }),
      }),
    )
    .do("act", "Act", { run: async () => "done", weightMs: 1 })
    .hands(() => ({ sentence: "It is released." }));

/** Works until it is stopped. */
const crm = workflow("crm", "Generate an app", "Never ends by itself.", named)
  .do("pages", "Generate application UI", {
    run: async ({ substeps, signal }) => {
      const parts = substeps(["Customer list", "Sales form"]);
      parts.begin("Customer list");
      parts.end("Customer list");
      await new Promise((_, stop) => signal.addEventListener("abort", () => stop(signal.reason)));
    },
    weightMs: 1,
  })
  .hands(() => ({ sentence: "It is there." }));

/** Fails always. */
const breaks = workflow("breaks", "Nightly backup", "Fails.", named)
  .do("copy", "Copy", {
    run: async ({ input }) => {
      throw new Error(`There is no room left for ${input.name}.`);
    },
    weightMs: 1,
  })
  .hands(() => ({ sentence: "It is copied." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [crm, breaks, release("safe", "low"), release("risky", "high")] });
});
afterAll(() => site.close());

const begin = async (flow: string, name: string): Promise<string> => {
  const { runId } = await site.engine.start(flow, { name }, "Ada");
  await site.engine.settled(runId, 300, AbortSignal.timeout(10_000));
  return runId;
};
let conversations = 0;
/** A conversation of its own, in which one says sentences after each other. */
const talk = () => {
  conversations += 1;
  const conversation = `c${conversations}`;
  return async (said: string) => {
    const answer = await site.call("POST", "/api/chat", { text: said, conversation });
    expect(answer.status).toBe(200);
    return (await answer.json()) as {
      lines: string[];
      buttons: { label: string; says: string }[];
      run: string | null;
    };
  };
};

describe("What is said to Milepost", () => {
  test("is answered from the run itself: where it stands, what it does with its parts, and what can be said next", async () => {
    const run = await begin("crm", "Cellphone Store CRM");
    const say = talk();
    const { lines, buttons, run: told } = await say("How's my CRM task going?");
    expect(told).toBe(run);
    expect(lines.join("\n")).toContain("“Generate an app: Cellphone Store CRM” (#1)");
    expect(lines).toContain("Currently: Generate application UI, step 1 of 1.");
    expect(lines).toContain("✓ Customer list");
    expect(buttons.map(({ label }) => label)).toEqual(expect.arrayContaining(["Pause", "Cancel"]));
    await say("cancel it");
    await say("yes");
  });

  test("is asked back before anything is ended, and done after a yes in the same conversation only", async () => {
    const run = await begin("crm", "Ledger");
    const say = talk();
    expect((await say("cancel the ledger")).lines[0]).toContain("Cancel “Generate an app: Ledger”");
    expect((await talk()("yes")).lines[0]).toContain("I did not understand that");
    expect((await site.engine.picture(run)).wish).toBeNull();
    expect((await say("no")).lines).toEqual(["Nothing was done."]);
    expect((await say("yes")).lines[0]).toContain("I did not understand that");
    await say("cancel the ledger");
    await say("yes");
    await site.engine.settled(run, 5_000, AbortSignal.timeout(10_000));
    expect((await site.engine.picture(run)).state).toBe("cancelled");
  });

  test("approves what is asked, and the decision says that it came by chat; what is of high risk leads to its page", async () => {
    const safe = await begin("safe", "Blog");
    const risky = await begin("risky", "Shop");
    const say = talk();
    const { lines } = await say("approve the blog");
    expect(lines).toEqual(expect.arrayContaining(["Risk: low.", "Nobody is served for a second."]));
    expect((await site.engine.picture(safe)).state).toBe("asking");
    await say("yes");
    await site.engine.settled(safe, 5_000, AbortSignal.timeout(10_000));
    expect((await site.engine.picture(safe)).state).toBe("completed");
    expect((await say("approve the shop")).lines.join(" ")).toContain("of high risk");
    await say("yes");
    expect((await site.engine.picture(risky)).state).toBe("asking");
  });

  test("names what failed, once for each that was started again under the same name", async () => {
    const say = talk();
    expect((await say("what failed?")).lines).toEqual(["No run stands failed."]);
    await begin("breaks", "disk one");
    await begin("breaks", "disk one");
    await begin("breaks", "disk two");
    const { lines, buttons } = await say("Which runs failed today?");
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^1\. “Nightly backup: disk two” \(#\d+\) failed (just now|\d+ s ago)\. .*no room left/,
    );
    expect(lines[2]).toContain("disk one");
    expect(buttons).toHaveLength(2);
    expect((await say("1")).lines[0]).toContain("no room left for disk two");
  });

  test("is asked anew when the run moved on before the yes", async () => {
    const run = await begin("safe", "Moving");
    const say = talk();
    await say("cancel moving");
    await site.engine.answer(run, "agree", {}, "Ada", { press: "approve" });
    await site.engine.settled(run, 5_000, AbortSignal.timeout(10_000));
    expect((await say("yes")).lines[0]).not.toContain("asked to end");
    expect((await site.engine.picture(run)).state).toBe("completed");
  });

  test("does nothing for somebody who may only look", async () => {
    const run = await begin("crm", "Locked");
    const by = { kind: "person", id: "owner", name: "Ada" } as const;
    const reading = { name: "reader", scope: { rights: ["read"], workflows: null }, lastsMs: null } as const;
    const { secret } = await site.deps.tokens.create(reading, by);
    const answer = await site.call(
      "POST",
      "/api/chat",
      { text: "pause locked" },
      { Authorization: `Bearer ${secret}` },
    );
    expect(((await answer.json()) as { lines: string[] }).lines).toEqual([
      "You may look at this run, but not do that to it.",
    ]);
    expect((await site.engine.picture(run)).wish).toBeNull();
    await site.engine.cancel(run, "Ada");
  });
});

describe("The page of the chat", () => {
  test("works as a plain form, keeps what was said, and polls for nothing while nothing changed", async () => {
    const run = await begin("safe", "Paper");
    const sent = await site.post("/chat", { says: "status of paper" });
    expect(sent.status).toBe(303);
    const page = await (await site.get("/chat")).text();
    expect(page).toContain("status of paper");
    const poll = /hx-get="([^"]+seen=[^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const again = () => site.get(poll, { headers: { "HX-Request": "true" } });
    expect((await again()).status).toBe(204);
    await site.engine.answer(run, "agree", {}, "Ada", { press: "approve" });
    await site.engine.settled(run, 5_000, AbortSignal.timeout(10_000));
    const moved = await again();
    expect(moved.status).toBe(200);
    expect(await moved.text()).toContain("is completed: It is released.");
  });
});
