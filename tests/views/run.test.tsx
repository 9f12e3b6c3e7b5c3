import { describe, expect, it } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import { announcement, runTitle } from "#views/run/said.ts";
import { RunPage } from "#views/run.tsx";
import { tagsOf, textOf } from "./read-html.ts";
import { everyField } from "./samples/form.ts";
import { pictures } from "./samples/pictures.ts";
import { exportRow } from "./samples/run.ts";
import { now } from "./samples/steps.ts";

const live = (picture: RunPicture, more: object = {}) =>
  String(
    <RunPage
      user={{ name: "admin", role: "admin" }}
      version="1"
      picture={picture}
      now={now}
      handOver={false}
      seen="s.1.2.3"
      {...more}
    />,
  );
const page = (picture: RunPicture, handOver = false) => live(picture, { handOver });
const polling = (picture: RunPicture) =>
  tagsOf(live(picture)).find(({ attributes }) => attributes.id === "freshness")?.attributes ?? {};
const actions = (html: string) =>
  tagsOf(html).flatMap(({ name, attributes }) => (name === "form" ? [attributes.action] : []));
const all = Object.entries(pictures) as [string, RunPicture][];

const reading = {
  done: 16,
  total: null,
  what: "pages read, 64 known so far",
  unit: "items",
  perSecond: null,
} as const;

describe("what a page shows of a run", () => {
  it("says behind which run it waits for its turn, and about how long", () => {
    expect(textOf(page(pictures.behind))).toContain(
      "Waits behind Create a bot #12 (node1 / first), about 2 min.",
    );
    expect(tagsOf(page(pictures.behind)).map(({ attributes }) => attributes.href)).toContain("/runs/r0");
  });
  it("names the step that comes next while it waits for its turn or is paused between two, as lists do", () => {
    const steps = pictures.behind.steps.map((step) =>
      step.state === "waiting" ? { ...step, state: "completed" as const, waiting: null } : step,
    );
    const behind: RunPicture = { ...pictures.behind, steps };
    const at = steps.find(({ state }) => state === "pending");
    for (const picture of [behind, { ...behind, state: "paused" as const, behind: null }]) {
      expect(textOf(page(picture))).toContain(`Step ${at?.number} of ${picture.total}: ${at?.title}`);
      expect(announcement(picture)).toContain(
        `Step ${at?.number} of ${picture.total}, ${at?.title}: Pending.`,
      );
    }
  });
  it("says of a completed run how many steps were skipped", () => {
    const { completed } = pictures;
    const [first, ...rest] = completed.steps.map((step) => ({ ...step, state: "completed" as const }));
    if (first === undefined) throw new Error("It has no steps.");
    expect(textOf(page({ ...completed, steps: [first, ...rest] }))).toContain(
      `all ${completed.total} steps done`,
    );
    expect(textOf(page({ ...completed, steps: [{ ...first, state: "skipped" }, ...rest] }))).toContain(
      `${completed.total - 1} steps done, 1 skipped`,
    );
  });
  it.each(all)("asks for news exactly while there may be some: %s", (_, picture) => {
    const underWay = !isOver(picture.state) && picture.finalizedAt === null;
    expect(polling(picture)["hx-trigger"]).toBe(underWay ? "every 2s" : undefined);
    const since = picture.unrecorded?.since;
    const shown = { v: picture.version, until: picture.freshUntil, unrecorded: since, seen: "s.1.2.3" };
    expect(polling(picture)["hx-get"]).toBe(
      underWay ? routes.progress.href({ id: picture.id }, shown) : undefined,
    );
  });

  it("stays as it is when the server errs", () => {
    expect([polling(pictures.waiting)["hx-status:4xx"], polling(pictures.waiting)["hx-status:5xx"]]).toEqual([
      "swap:none",
      "swap:none",
    ]);
  });

  it.each(all)("offers exactly the controls that make sense: %s", (_, picture) => {
    const offered = actions(live(picture)).map((action) => action?.replace(/\?.*/, ""));
    for (const verb of ["resume", "undo", "finalize", "unlock"] as const)
      expect(offered.includes(routes.control[verb].href({ id: picture.id })), verb).toBe(picture.may[verb]);
    expect(offered.includes(routes.control.pause.href({ id: picture.id }))).toBe(
      picture.may.pause && picture.wish === null,
    );
    expect(offered.includes(routes.control.cancel.href({ id: picture.id }))).toBe(
      picture.may.cancel && picture.wish !== "cancel",
    );
    expect(offered.filter((action) => action === routes.control.retry.href({ id: picture.id }))).toHaveLength(
      picture.may.retry && picture.state !== "waiting" ? 1 : 0,
    );
    const ends = picture.steps.filter(({ mayRetry, waiting }) => mayRetry && waiting !== null);
    for (const { id: step } of ends)
      expect(offered).toContain(routes.step.retry.href({ id: picture.id, step }));
    expect(
      offered.filter((action) => action === routes.control.rewind.href({ id: picture.id })),
    ).toHaveLength(picture.steps.filter((step) => step.mayRewind).length);
  });

  it("shows a step without a share of its own as unknown, never as a number", () => {
    const bars = tagsOf(live(pictures.waiting)).filter(({ name }) => name === "progress");
    expect(bars.map(({ attributes }) => attributes.value)).toEqual(["42", undefined]);
    expect(textOf(live(pictures.waiting))).toContain("PROCESSING");
  });

  it("moves nothing while the run is paused, and makes no 0 % of what is not known", () => {
    const paused = live({ ...pictures.paused, percentKnown: false });
    expect(textOf(paused)).not.toContain("0 %");
    const bars = tagsOf(paused).filter(({ name }) => name === "progress");
    expect(bars.some(({ attributes }) => attributes.value === undefined)).toBe(true);
    for (const { attributes } of bars)
      if (attributes.value === undefined) expect(attributes.class).toMatch(/\bstill\b/);
    expect(live(pictures.paused)).not.toContain("data-until");
  });

  it("has an estimate only where the past gives one", () => {
    expect(textOf(live(pictures.waiting))).toContain(
      "about 4 min left (3–5 min in four of five runs like this)",
    );
    expect(textOf(live(pictures.substeps))).toContain("no estimate yet: first run");
    expect(textOf(live(pictures.asking))).toContain("waiting for you");
    expect(textOf(live({ ...pictures.waiting, timeLeft: null }))).not.toContain(" left");
    const steps = pictures.waiting.steps.map((step) =>
      step.waiting === null ? step : { ...step, waiting: { ...step.waiting, failing: true as const } },
    );
    expect(textOf(live({ ...pictures.waiting, timeLeft: null, steps }))).toContain(
      "no estimate: the last look failed",
    );
  });

  it("gives the question of each attempt its own id, so that a poll keeps what is typed and a new question is a new form", () => {
    const id = (attempt: number) => {
      const steps = pictures.asking.steps.map((step) =>
        step.state === "asking" ? { ...step, attempt } : step,
      );
      return tagsOf(live({ ...pictures.asking, steps })).find(
        ({ attributes }) => "hx-morph-skip" in attributes,
      )?.attributes.id;
    };
    expect(id(1)).toContain("r1-step-4-1");
    expect(id(2)).not.toBe(id(1));
  });

  it("shows a redrawn question instead of the kept one", () => {
    const draft = { ...everyField, submit: "Redrawn" };
    expect(textOf(live(pictures.asking, { draft }))).toContain("Redrawn");
  });

  it("announces states and steps, never a percent", () => {
    expect(announcement(pictures.waiting)).toBe("Waiting. Step 6 of 8, Botify prepares the file: Waiting.");
    expect(announcement({ ...pictures.waiting, percent: 43, version: 43 })).toBe(
      announcement(pictures.waiting),
    );
  });

  it("says the step and a bar without an end, and no percent, where nothing tells how far it is", () => {
    const html = live(pictures.substeps);
    expect(textOf(html)).toMatch(/Step 2 of \d+: Generate application UI/);
    expect(textOf(html)).not.toContain("65 %");
    expect(runTitle(pictures.substeps)).toMatch(/^Running · /);
    const bars = tagsOf(html).filter(({ name }) => name === "progress");
    expect(bars.length).toBeGreaterThan(0);
    for (const { attributes } of bars) expect(attributes).not.toHaveProperty("value");
    const counting = {
      ...pictures.substeps,
      steps: pictures.substeps.steps.map((step) =>
        step.state === "running" ? { ...step, progress: { ...reading, known: 64 } } : step,
      ),
    };
    expect(textOf(live(counting))).toMatch(
      /Step 2 of \d+: Generate application UI, 16 pages read, 64 known so far/,
    );
  });

  it("tells why another time is told than before, once, and of a completed run that it broke what was told", () => {
    const because = "“Save the file” took twice the usual time.";
    const interval = { p10Ms: 60_000, p50Ms: 90_000, p90Ms: 150_000, runs: 9 };
    const turned = live({
      ...pictures.waiting,
      timeLeft: { ...interval, because },
      told: { at: now - 60_000, wholeMs: 180_000, nowMs: 300_000, because },
    });
    const words = textOf(turned).replaceAll("\0", "");
    expect(words).toContain(`this was 3 min in all, now 5 min: ${because}`);
    expect(words.split(because)).toHaveLength(2);
    const broken = live({
      ...pictures.completed,
      broken: { p10Ms: 60_000, p90Ms: 150_000, tookMs: 420_000 },
    });
    expect(textOf(broken)).toContain("7 min of work, longer than was told at its start: 1–3 min");
    expect(textOf(live(pictures.completed))).not.toContain("told at its start");
  });

  it("tells each stage of a cancel with its time, and doubt as doubt", () => {
    expect(textOf(live(pictures.cancelling))).toMatch(
      /Stop signal sent[\s\S]*\+0\.1 s[\s\S]*Waiting for the confirmation/,
    );
    expect(textOf(live(pictures.cancelled))).toMatch(/Confirmed: it has stopped[\s\S]*\+2\.3 s/);
    expect(textOf(live(pictures.unconfirmed))).toContain(
      "Could not confirm that it stopped: node1 did not answer",
    );
    expect(textOf(live(pictures.unconfirmed))).not.toContain("Confirmed:");
  });

  it("tells after a restart what was interrupted, what was checked and why going on is safe", () => {
    const text = textOf(live(pictures.running));
    for (const part of [
      "is done again",
      "7. Save the file",
      "12.3 MB of the file were saved.",
      "the whole file is checked against its hash",
    ])
      expect(text).toContain(part);
  });

  it("tells a difference between counted and saved rows", () => {
    expect(textOf(live(pictures.completed))).toContain(
      "The file has 28,901 rows; counted before were 28,903. That is 2 fewer.",
    );
    expect(
      textOf(live({ ...pictures.completed, export: exportRow({ expectedRows: 28_901 }) })),
    ).not.toContain("counted before");
  });
});

describe("the page of a run", () => {
  it("has the percent in its title while under way, and the state when not", () => {
    const title = (picture: RunPicture) => /<title>(.*?)<\/title>/.exec(page(picture))?.[1];
    expect(title(pictures.waiting)).toBe("42 % · Export URLs from Botify #12 – Milepost");
    expect(title(pictures.completed)).toBe("Completed · Export URLs from Botify #12 – Milepost");
  });

  it("comes anew by itself without JavaScript, but not while somebody types and not when it is over", () => {
    const refresh = (picture: RunPicture) =>
      tagsOf(page(picture)).some(({ attributes }) => attributes["http-equiv"] === "refresh");
    expect(
      Object.entries(pictures)
        .filter(([, picture]) => refresh(picture))
        .map(([name]) => name),
    ).toEqual(
      Object.entries(pictures)
        .filter(([, { state, finalizedAt }]) => !isOver(state) && state !== "asking" && finalizedAt === null)
        .map(([name]) => name),
    );
  });

  it("hands the file over by itself only to a browser that was not handed it, with and without JavaScript", () => {
    const handed = page(pictures.completed, true);
    expect(tagsOf(handed).find(({ name }) => name === "iframe")?.attributes.src).toBe(
      routes.handOver.href({ id: "e1" }, { run: pictures.completed.id }),
    );
    expect(
      tagsOf(handed).find(({ attributes }) => attributes["http-equiv"] === "refresh")?.attributes.content,
    ).toBe(`1; url=${routes.handOver.href({ id: "e1" }, { run: pictures.completed.id })}`);
    expect(page(pictures.completed, false)).not.toContain(
      routes.handOver.href({ id: "e1" }, { run: pictures.completed.id }),
    );
    expect(page(pictures.completed, false)).toContain(routes.exportFile.href({ id: "e1" }));
  });

  it("hands nothing over when the file was deleted since", () => {
    const deleted = page({ ...pictures.completed, export: exportRow({ status: "deleted" }) }, true);
    expect(deleted).not.toContain("<iframe");
    expect(deleted).not.toContain(routes.exportFile.href({ id: "e1" }));
  });
});
