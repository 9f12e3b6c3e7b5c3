import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { select } from "#core/field-choices.ts";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { colours } from "../web/site.ts";
import { startTelegram, type TelegramMessage, type TelegramServer } from "./telegram-server.ts";
import { ada, type MessengersWorld, openMessengersWorld, release } from "./world.ts";

const ann = { id: 4_711, name: "Ann" };
const eve = { id: 666, name: "Eve" };

let stop: () => void = () => {};
/** Works until it is let go. */
const crm = workflow("crm", "Generate an app", "Works.", start({ subject: () => "Cellphone Store CRM" }))
  .do("pages", "Generate application UI", {
    run: async ({ substeps, signal }) => {
      const parts = substeps(["Customer list", "Sales form"]);
      parts.begin("Customer list");
      await new Promise<void>((go, halt) => {
        stop = go;
        signal.addEventListener("abort", () => halt(signal.reason));
      });
      parts.end("Customer list");
    },
  })
  .hands(() => ({ sentence: "It is there." }));
const cake = workflow(
  "cake",
  "Bake a cake",
  "Asks.",
  start({
    fields: [
      text("name", "Name", { required: true }),
      select("tin", "Tin", {
        options: () => [
          { value: "r", label: "Round" },
          { value: "s", label: "Square" },
        ],
        whenEmpty: "None.",
        otherwise: "Choose.",
      }),
    ],
    subject: ({ name }) => name,
  }),
)
  .do("bake", "Bake", { run: async ({ input }) => `${input.name} ${input.tin}` })
  .hands((_input, { bake }) => ({ sentence: `Baked ${bake}.` }));

let telegram: TelegramServer;
let world: MessengersWorld;
let connection: string;
beforeAll(async () => {
  telegram = await startTelegram();
  world = await openMessengersWorld({
    workflows: [release("blog"), release("shop", "high"), release("wiki"), crm, cake, colours()],
  });
  const values = { token: telegram.token, apiRoot: telegram.origin };
  connection = (await world.connect("telegram", values)).id;
  await telegram.polled();
});
afterAll(async () => {
  await world.close();
  await telegram.close();
});

/** All that a message ever showed: what is told of a run goes on being edited. */
const ever = ({ before, text: now }: TelegramMessage) => [...before, now].join("\n");
/** What is said, and the answer to it, which has these words. */
const say = async (
  said: string,
  words: string,
  { from = ann, chat = from.id, ...more }: { replyTo?: number; chat?: number; from?: typeof ann } = {},
) => {
  const before = telegram.messages.length;
  telegram.write(from, said, { ...more, chat });
  return told(words, before, chat);
};
const press = async (message: TelegramMessage, label: string, words: string) => {
  const before = telegram.messages.length;
  telegram.press(ann, message.id, label);
  return told(words, before);
};
const told = (words: string, after = 0, chat = ann.id) =>
  vi.waitFor(() => {
    const found = telegram.messages
      .slice(after)
      .findLast((one) => one.chat === chat && ever(one).includes(words));
    const since = telegram.messages.slice(after).map(ever).join("\n—\n");
    if (found === undefined) throw new Error(`“${words}” is not told yet, but:\n${since}`);
    return found;
  }, 50_000);
const shows = (message: TelegramMessage, words: string) =>
  vi.waitFor(() => expect(message.text).toContain(words), 50_000);
/** The newest message about this run that has such a button. */
const withButton = (label: string) => (runId: string) =>
  vi.waitFor(() => {
    const found = telegram.messages.findLast(
      (one) => one.buttons.some(({ url }) => url?.endsWith(runId)) && labels(one).includes(label),
    );
    if (found === undefined) throw new Error("not told yet");
    return found;
  }, 50_000);
const toDecide = withButton("Approve");
const toAnswer = withButton("Answer here");
const labels = ({ buttons }: Pick<TelegramMessage, "buttons">) => buttons.map(({ text: label }) => label);

describe("An account in Telegram", () => {
  test("is answered with one sentence that names no run while it is linked to nobody", async () => {
    await world.site.deps.engine.start("wiki", {}, ada);
    const { text: said, buttons } = await say("what's running?", "not linked to anybody", { from: eve });
    expect(said).not.toContain("Release");
    expect(buttons).toEqual([]);
  });

  test("is linked by a code that the browser shows, once the person says there that it is theirs", async () => {
    const { linking } = world.messengers;
    const { code } = linking.begin("owner", "telegram", connection);
    await say(`/start ${code.replace("-", "")}`, "go back to Milepost");
    // The same code is good for nobody else, and the account not linked yet.
    await say(code, "not known", { from: eve });
    expect(await world.channels.linked("telegram", String(ann.id))).toBeNull();
    const pending = linking.of("owner");
    expect(pending?.account).toEqual({ id: String(ann.id), name: "Ann", chat: String(ann.id) });
    expect(() => linking.confirm("owner", String(eve.id))).toThrow("Begin again");
    const { account } = linking.confirm("owner", String(ann.id));
    await world.link("telegram", account.id, account.chat, connection);
    await say("help", "Ask me about runs");
    // Linked anew, by the code alone as well; what only looks like one is something that is said.
    const again = linking.begin("owner", "telegram", connection);
    await say("AAAA-AAA2", "did not understand");
    await say(again.code, "go back to Milepost");
    linking.leave("owner");
  });

  test("that tries codes is no longer listened to for a while, and cannot guess on", async () => {
    const { code } = world.messengers.linking.begin("owner", "telegram", connection);
    const mallory = { id: 999, name: "Mallory" };
    for (let n = 0; n < 5; n++) await say(`AAAA-AAA${n + 2}`, "not known", { from: mallory });
    await say(code, "Too many codes", { from: mallory });
    expect(world.messengers.linking.of("owner")?.account).toBeNull();
    world.messengers.linking.leave("owner");
  });

  test("is not answered where others read along", async () => {
    await say("/list@milepost_test_bot", "write to me where nobody else reads", { chat: -5 });
    const { code } = world.messengers.linking.begin("owner", "telegram", connection);
    await say(`/link ${code}`, "write to me where nobody else reads", { chat: -5, from: eve });
    expect(world.messengers.linking.of("owner")?.account).toBeNull();
    world.messengers.linking.leave("owner");
  });
});

describe("A question in Telegram", () => {
  test("is decided by a press of a linked person; the message then says who, and a second press changes nothing", async () => {
    const run = await world.asking("blog");
    const asked = await toDecide(run);
    expect(labels(asked)).toEqual(["Approve", "Reject", "Say more", "Open the run"]);
    const [approve] = asked.buttons;
    telegram.press(eve, asked.id, "Approve");
    await vi.waitFor(() => expect(telegram.toasts.at(-1)?.text).toContain("not linked"), 50_000);
    expect((await world.site.engine.picture(run)).state).toBe("asking");
    telegram.press(ann, asked.id, "Approve");
    expect((await world.over(run)).state).toBe("completed");
    await shows(asked, "Approved by Owner in Telegram");
    expect(labels(asked)).toEqual(["Open the run"]);
    telegram.press(ann, asked.id, { data: approve?.callback_data ?? "" });
    await vi.waitFor(() => expect(telegram.toasts.at(-1)?.text).toContain("already"), 50_000);
    const { steps } = await world.site.engine.picture(run);
    expect(steps[0]?.detail).toBe("Approved by Owner in Telegram");
  });

  test("takes a press that comes long after it was made, when Telegram no longer shows an answer to it", async () => {
    const run = await world.asking("blog");
    const asked = await toDecide(run);
    telegram.trouble("answerCallbackQuery", {
      does: "fail",
      status: 400,
      description: "Bad Request: query is too old and response timeout expired or query ID is invalid",
    });
    telegram.press(ann, asked.id, "Reject");
    expect((await world.over(run)).state).toBe("failed");
  });

  test("takes a comment in a reply, after the verb or before a press; what puts it off presses nothing", async () => {
    const first = await world.asking("wiki");
    const asked = await toDecide(first);
    await say("approve if the backup is through", "Comment: approve if the backup is through", {
      replyTo: asked.id,
    });
    expect((await world.site.engine.picture(first)).state).toBe("asking");
    await say("/leave", "nothing was done");
    await say("approve: looks good to me", "is answered", { replyTo: asked.id });
    const done = await world.over(first);
    expect(done.steps[0]?.detail).toBe("Approved by Owner in Telegram: looks good to me");

    const second = await world.asking("wiki");
    const again = await toDecide(second);
    const noted = await say("wrong server", "Comment: wrong server", { replyTo: again.id });
    expect(labels(noted)).toEqual(["Approve", "Reject", "Leave it"]);
    await press(noted, "Reject", "is answered");
    expect((await world.over(second)).error?.message).toContain("wrong server");
    // A reply to what was asked before answers no question that is open now.
    const third = await world.asking("wiki");
    await toDecide(third);
    await say("approve", "wiki", { replyTo: asked.id });
    expect((await world.site.engine.picture(third)).state).toBe("asking");
    await world.site.engine.cancel(third, "Ada");
  });

  test("is answered by who replies before the bot knows what its message is called", async () => {
    telegram.trouble("sendMessage", { does: "lag", ms: 150 }, 2);
    const run = await world.asking("wiki");
    const asked = await toDecide(run);
    await say("approve if it is through", "Comment: approve if it is through", { replyTo: asked.id });
    await say("/leave", "nothing was done");
    await world.site.engine.cancel(run, "Ada");
  });

  test("of high risk is not approved there", async () => {
    const run = await world.asking("shop");
    const asked = await told("of high risk, so it is approved");
    expect(labels(asked)).toEqual(["Answer here", "Open the run"]);
    const answer = await say("approve", "high risk, so it can be approved on its page only", {
      replyTo: asked.id,
    });
    expect(answer.text).not.toContain("Comment: approve");
    expect(labels(answer)).not.toContain("Approve");
    expect((await world.site.engine.picture(run)).state).toBe("asking");
    await say("/leave", "nothing was done");
    await world.site.engine.cancel(run, "Ada");
  });
});

describe("A question of another kind in Telegram", () => {
  test("is answered there field by field after a press, and by a reply where it has one field only", async () => {
    const { runId } = await world.site.deps.engine.start("colours", { name: "Wall" }, ada);
    const asked = await toAnswer(runId);
    expect(labels(asked)).toEqual(["Answer here", "Open the run"]);
    await press(asked, "Answer here", "Colour");
    await say("green", "Colour: green");
    await say("Answer", "Only red and blue are colours here.");
    await say("red", "Colour: red");
    await say("yes", "is answered");
    expect((await world.over(runId)).state).toBe("completed");
    await vi.waitFor(() => expect(labels(asked)).not.toContain("Answer here"), 50_000);

    const next = await world.site.deps.engine.start("colours", { name: "Door" }, ada);
    const question = await toAnswer(next.runId);
    const look = await say("blue", "Colour: blue", { replyTo: question.id });
    await press(look, "Answer", "is answered");
    expect((await world.over(next.runId)).steps[0]?.detail).toBe("blue");
  });
});

describe("A conversation in Telegram", () => {
  test("tells where a run stands, keeps that up to date by edits, and takes presses only for what they say now", async () => {
    const { runId } = await world.site.deps.engine.start("crm", {}, ada);
    await world.site.engine.settled(runId, 200, AbortSignal.timeout(10_000));
    const status = await say("How's my CRM task going?", "⏳ Customer list (in progress)");
    const sent = telegram.messages.length;
    stop();
    expect((await world.over(runId)).state).toBe("completed");
    await shows(status, "is completed: It is there.");
    expect(telegram.messages.slice(sent).filter(({ text: said }) => said.includes("⏳"))).toEqual([]);
  });

  test("goes on following a run after a restart", async () => {
    const { runId } = await world.site.deps.engine.start("crm", {}, ada);
    await world.site.engine.settled(runId, 200, AbortSignal.timeout(10_000));
    const status = await say(`status #${runId}`, "⏳ Customer list (in progress)");
    await world.restart();
    stop();
    await world.over(runId);
    await shows(status, "is completed: It is there.");
  });

  test("starts a workflow field by field, once, however often Telegram tells of the last word", async () => {
    await say("start bake a cake", "Name");
    const tin = await say("Lemon tart", "1. Round");
    expect(labels(tin)).toEqual(["Round", "Square", "Leave it"]);
    const look = await press(tin, "Square", "Tin: Square");
    const update = telegram.write(ann, "yes");
    await told("is started");
    telegram.again(update);
    await say("help", "Ask me about runs");
    const { rows } = await world.site.engine.runs({ workflowId: "cake", limit: 9 });
    expect(rows).toHaveLength(1);
    telegram.press(ann, look.id, "Start");
    await vi.waitFor(
      () => expect(telegram.toasts.at(-1)?.text).toContain("Something else was said since"),
      50_000,
    );
  });

  test("ends with the link of the account", async () => {
    const channel = await world.channels.linked("telegram", String(ann.id));
    await world.channels.remove(channel?.id ?? "", ada);
    await say("what's running?", "not linked");
  });
});

describe("A bot of Telegram's", () => {
  test("that another program serves is left to it, and said to be so", async () => {
    const other = await startTelegram();
    other.webhook = "https://elsewhere.example/hook";
    const { id } = await world.connect("telegram", { token: other.token, apiRoot: other.origin });
    const hears = () => world.messengers.lines().find((line) => line.connectionId === id)?.hears;
    await vi.waitFor(() => expect(hears()?.because).toContain("by a webhook at elsewhere.example"), 50_000);
    expect([other.calls("deleteWebhook"), other.calls("getUpdates")]).toEqual([0, 0]);
    other.webhook = "";
    await vi.waitFor(() => expect(hears()).toEqual({ ok: true, because: null }), 50_000);
    await other.polled();
    other.takeOver();
    await vi.waitFor(
      () => expect(hears()?.because).toContain("terminated by other getUpdates request"),
      50_000,
    );
    await vi.waitFor(() => expect(hears()).toEqual({ ok: true, because: null }), 50_000);
    other.revoke();
    await vi.waitFor(() => expect(hears()?.because).toContain("Unauthorized"), 50_000);
    expect(hears()?.because).not.toContain(other.token);
    await world.connections.remove(id, ada);
    await vi.waitFor(() => expect(hears()).toBeUndefined(), 50_000);
    await other.close();
  });
});
