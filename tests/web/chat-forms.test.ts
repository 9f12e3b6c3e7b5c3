import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approval } from "#core/approval.ts";
import { select } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { colours, openSite, type Site } from "./site.ts";

const bake = workflow(
  "bake",
  "Bake a cake",
  "Asks for all kinds of things.",
  start({
    fields: [
      text("name", "Name", {
        required: true,
        shape: { is: /^[a-z ]+$/i, says: "A cake's name has letters only." },
      }),
      select("form", "Tin", {
        options: () => [
          { value: "round", label: "A round one" },
          { value: "square", label: "A square one" },
        ],
        whenEmpty: "There is no tin.",
        otherwise: "Choose a tin.",
      }),
      number("layers", "Layers", { min: 1, max: 9, preset: 2 }),
      checkbox("icing", "With icing"),
    ],
    subject: ({ name }) => name,
  }),
)
  .do("mix", "Mix", { run: async ({ input }) => JSON.stringify(input) })
  .hands((_input, { mix }) => ({ sentence: `Made ${mix}.` }));

const locked = workflow(
  "locked",
  "Open the safe",
  "Needs a secret.",
  start({ fields: [secret("code", "Code", { required: true })], subject: () => "safe" }),
)
  .do("open", "Open", { run: async () => "open" })
  .hands(() => ({ sentence: "It is open." }));

const publish = workflow("publish", "Publish", "Asks first.", start({ subject: () => "page" }))
  .ask("words", "Which words?", {
    form: () => ({ fields: [{ kind: "text", name: "words", label: "Words" }], submit: "Take them" }),
    read: (values) => String(values.words),
  })
  .ask(
    "agree",
    "Agree to it",
    approval({
      about: () => ({ what: "The page is replaced.", risk: "low", impact: [] }),
      modify: "words",
    }),
  )
  .do("act", "Act", { run: async () => "done" })
  .hands(() => ({ sentence: "It is published." }));

/** Its options are numbers, of which none stands at its own place. */
const dig = workflow("dig", "Dig a hole", "Asks how deep.", start({ subject: () => "hole" }))
  .ask("depth", "How deep?", {
    form: () => ({
      fields: [
        { kind: "note", tone: "info", text: "The ground is soft." },
        { kind: "facts", label: "So far", facts: [{ label: "Deepest", value: "3 m" }] },
        {
          kind: "choice",
          name: "depth",
          label: "Down to",
          options: ["0", "1", "2"].map((value) => ({ value, label: value, cells: [`${value} m`] })),
        },
      ],
      submit: "Dig",
    }),
    read: (values) => String(values.depth),
  })
  .do("act", "Act", { run: async ({ results }) => results.depth })
  .hands((_input, { act }) => ({ sentence: `Dug down to ${act}.` }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [bake, locked, publish, dig, colours()] });
});
afterAll(() => site.close());

let conversations = 0;
const talk = () => {
  conversations += 1;
  const conversation = `f${conversations}`;
  return async (said: string) => {
    const answer = await site.call("POST", "/api/chat", { text: said, conversation });
    return (await answer.json()) as {
      lines: string[];
      link: { href: string } | null;
      buttons: { label: string; says: string }[];
      run: string | null;
    };
  };
};
const ended = async (run: string) => {
  await site.engine.settled(run, 5_000, AbortSignal.timeout(10_000));
  return site.engine.picture(run);
};
const asking = async (flow: string) => {
  const { runId } = await site.engine.start(flow, {}, "Ada");
  await ended(runId);
  return runId;
};

describe("Starting a workflow from a chat", () => {
  test("asks for one field after the other, and starts only after a last look at all of them", async () => {
    const say = talk();
    expect((await say("start bake a cake")).lines[0]).toBe("Name");
    const tin = await say("Lemon tart");
    expect(tin.lines).toEqual(["Tin", "1. A round one", "2. A square one"]);
    expect(tin.buttons.map(({ label }) => label)).toEqual(["A round one", "A square one", "Leave it"]);
    expect((await say("the third")).lines[0]).toContain("none of them");
    const layers = await say("2");
    expect(layers.buttons.map(({ label }) => label)).toEqual(["Keep “2”", "Leave it"]);
    expect((await say("many")).lines[0]).toContain("Say a number");
    await say("-");
    const look = await say("yes");
    expect(look.lines).toEqual([
      "Start “Bake a cake”?",
      "Name: Lemon tart",
      "Tin: A square one",
      "Layers: 2",
      "With icing: yes",
    ]);
    expect((await site.engine.runs({ limit: 9, workflowId: "bake" })).rows).toEqual([]);
    const { lines, run } = await say("Start");
    expect(lines[0]).toBe("“Bake a cake” is started.");
    expect((await ended(run ?? "")).outcome?.sentence).toBe(
      'Made {"name":"Lemon tart","form":"square","layers":2,"icing":true}.',
    );
  });

  test("asks once more for what the workflow does not take, in its own words", async () => {
    const say = talk();
    await say("start bake a cake");
    for (const said of ["tart 2000", "round", "3", "no"]) await say(said);
    expect((await say("yes")).lines).toEqual(["A cake's name has letters only.", "Name"]);
    // Only that one.
    expect((await say("tart")).lines).toEqual([
      ...["Start “Bake a cake”?", "Name: tart", "Tin: A round one", "Layers: 3", "With icing: no"],
    ]);
    expect((await say("yes")).lines[0]).toBe("“Bake a cake” is started.");
  });

  test("is left by a word, and never swallows what is said to something else by a command", async () => {
    const say = talk();
    await say("start bake a cake");
    expect((await say("/list")).lines[0]).toMatch(/under way/i);
    expect((await say("Tart")).lines[0]).toBe("Tin");
    expect((await say("never mind")).lines).toEqual(["Left, and nothing was done."]);
    expect((await say("round")).lines[0]).toContain("I did not understand");
  });

  test("leads to the page where a secret is asked for", async () => {
    const { lines, link } = await talk()("start open the safe");
    expect(lines[0]).toContain("more than a chat can hold");
    expect(link?.href).toBe("/workflows/locked");
  });
});

describe("A question answered in a chat", () => {
  test("is asked field by field, and what it does not take is asked again", async () => {
    const { runId } = await site.engine.start("colours", { name: "wall" }, "Ada");
    await ended(runId);
    const say = talk();
    expect((await say("status of wall")).buttons.map(({ label }) => label)).toContain("Answer");
    await say("answer the wall");
    await say("green");
    expect((await say("Answer")).lines[0]).toBe("Only red and blue are colours here.");
    await say("red");
    expect((await say("yes")).lines[0]).toBe("“Which colour?” is answered.");
    expect((await ended(runId)).state).toBe("completed");
  });

  test("takes a comment along with an approval, and can ask for a change instead", async () => {
    const runId = await asking("publish");
    const say = talk();
    await say(`answer #${runId}`);
    for (const said of ["hello", "yes"]) await say(said);
    await ended(runId);
    const asked = await say(`answer #${runId}`);
    expect(asked.buttons.map(({ label }) => label)).toEqual(["Approve", "Modify", "Reject", "Leave it"]);
    await say("Modify");
    expect((await ended(runId)).steps[0]).toMatchObject({ state: "asking" });
    await say(`answer #${runId}`);
    for (const said of ["hello again", "yes"]) await say(said);
    await ended(runId);
    await say(`answer #${runId}`);
    expect((await say("looks good now")).lines).toContain("Comment: looks good now");
    await say("Approve");
    const done = await ended(runId);
    expect(done.state).toBe("completed");
    expect(done.steps[1]?.detail).toContain("looks good now");
  });

  test("is no longer taken once somebody else answered it", async () => {
    const runId = await asking("publish");
    const say = talk();
    await say(`answer #${runId}`);
    await site.engine.answer(runId, "words", { words: "first" }, "Bob");
    await ended(runId);
    expect((await say("second")).lines[0]).toContain("is not open any more");
    expect((await site.engine.picture(runId)).steps[0]?.cameOut).toContain("first");
  });
});

test("of options that are numbers themselves the one that is said or pressed is meant, and what the question shows is told", async () => {
  for (const said of ["1", "0"]) {
    const { runId } = await site.engine.start("dig", {}, "Ada");
    await site.engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
    const say = talk();
    const { lines, buttons } = await say("answer the hole");
    expect(lines.slice(-3)).toEqual(["· 0 · 0 m", "· 1 · 1 m", "· 2 · 2 m"]);
    const press = buttons.find(({ label }) => label.startsWith(said));
    const last = await say(press?.says ?? "");
    expect(last.lines.slice(1)).toEqual(["The ground is soft.", "Deepest: 3 m", `Down to: ${said}`]);
    await say("Dig");
    await site.engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
    expect((await site.engine.picture(runId)).outcome?.sentence).toBe(`Dug down to ${said}.`);
  }
});
