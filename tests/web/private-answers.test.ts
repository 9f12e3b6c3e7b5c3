import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approval } from "#core/approval.ts";
import { choice } from "#core/field-choices.ts";
import { text } from "#core/field-kinds.ts";
import { question } from "#core/question.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site } from "./site.ts";

const patient = "Ernestine Example";
const bed = "b17";
const bedName = "the bed beside the window";
let got: unknown;
/** Says what was answered wherever it can. */
const talks = workflow(
  "talks",
  "Talks",
  "For tests.",
  start({
    subject: (_, { who }) => {
      const given = who as { patient: string; ward: string } | undefined;
      return given === undefined ? "nobody" : `${given.patient} in ${given.ward}`;
    },
  }),
)
  .ask("who", "Who is it?", {
    ...question({
      fields: [
        text("patient", "Patient", { private: true, required: true }),
        choice("bed", "Bed", { options: [{ value: bed, label: bedName }], private: true }),
        text("ward", "Ward"),
      ],
    }),
    detail: ({ patient, ward }) => `${patient} in ${ward}`,
  })
  .do("look", "Look", {
    run: async ({ log, results }) => {
      got = results.who;
      log(`looking after ${patient} (${encodeURIComponent(patient)}) in ${bed} of the b17s, ${bedName}`);
      return `seen ${patient}`;
    },
    detail: (result) => `It was ${result}`,
  })
  .ask(
    "treat",
    "Treat",
    approval({
      about: () => ({ what: `${patient} is treated.`, risk: "low", impact: [`${patient} rests.`] }),
    }),
  )
  .hands(() => ({ sentence: `${patient} is well.`, facts: [{ label: "Who", value: patient }] }));

let site: Site;
let folder: string;
let runId: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "milepost-private-"));
  const random = (n: number) => randomBytes(n);
  const store = await openSqliteStore({ file: join(folder, "a.sqlite"), now: realClock.now, random });
  site = await openSite({ workflows: [talks], store });
  ({ runId } = await site.engine.start("talks", {}, "Ada"));
  await settled();
  await site.engine.answer(runId, "who", { patient, bed, ward: "Ward 7" }, "Ada");
  await settled();
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

/** Until it asks or is over. */
const settled = () => site.engine.settled(runId, 20_000, new AbortController().signal);
const hidden = [patient, encodeURIComponent(patient), bedName];

test("steps are handed what was typed into a private field of a question", () => {
  expect(got).toEqual({ patient, bed, ward: "Ward 7" });
});

test("what was typed into a private field of a question is in no row but where steps read it", () => {
  const db = new Database(join(folder, "a.sqlite"), { readonly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const holding = tables.flatMap((table) =>
    db
      .prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`)
      .all()
      .flatMap((row) =>
        Object.entries(row)
          .filter(([, value]) => hidden.some((one) => String(value).includes(one)))
          .map(([column]) => `${table}.${column}`),
      ),
  );
  db.close();
  expect(new Set(holding)).toEqual(new Set(["runs.privates", "steps.result"]));
});

test("it is on no page, in no list, report, feed, answer of the API or chat, nor where the run is shared, and it finds nothing", async () => {
  const { secret } = await site.deps.shares.make({ runId, title: "Talks", days: 1, files: false }, ada);
  const paths = [
    ...["/", "/runs", `/runs/${runId}`, `/runs/${runId}/log`, `/runs/${runId}/report`, "/chat"],
    ...[`/api/runs/${runId}`, "/api/runs", `/api/tasks/${runId}/progress`, `/shared/${secret}`],
  ];
  const said: string[] = [];
  for (const path of paths) {
    const answer = await site.get(
      path,
      path.startsWith("/api") ? { headers: { Accept: "application/json" } } : {},
    );
    expect([path, answer.status]).toEqual([path, 200]);
    said.push(await answer.text());
  }
  const chat = await site.post("/chat", { text: "status of talks" });
  said.push(await chat.text());
  for (const told of said) for (const one of hidden) expect(told).not.toContain(one);
  expect(said.join()).toContain("looking after ••• (•••) in ••• of the b17s, •••");
  expect(said.join()).toContain("••• in Ward 7");
  const found = await site.call("GET", `/api/runs?search=${encodeURIComponent("Ernestine")}`);
  expect(JSON.stringify(await found.json())).not.toContain(runId);
});

test("a question that is asked again is not filled in with it, and a run that repeats this one keeps it as private", async () => {
  await site.engine.rewind(runId, "who", "Ada");
  await settled();
  const page = await (await site.get(`/runs/${runId}`)).text();
  expect(page).toContain('value="Ward 7"');
  expect(page).toContain("Shown to nobody once it is answered.");
  expect(page).not.toContain(patient);
  await site.engine.answer(runId, "who", { patient, bed, ward: "Ward 8" }, "Ada");
  await settled();
  await site.engine.answer(runId, "treat", {}, "Ada");
  await settled();
  expect((await site.engine.picture(runId)).outcome?.sentence).toBe("••• is well.");
  const { runId: again } = await site.engine.clone(runId, "Ada");
  expect((await site.store.run(again))?.run.privates).toEqual([patient, bed, bedName]);
});
