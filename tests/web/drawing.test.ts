import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { type Drawing, draw, lacking, readSeen, seenOf } from "#web/live/drawing.tsx";
import { pictures } from "../views/samples/pictures.ts";
import { now } from "../views/samples/steps.ts";

const stepIds = pictures.waiting.steps.map(({ id }) => id);

const lines = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    n: from + at,
    at: now,
    stepId: stepIds[at % stepIds.length] ?? "",
    attempt: 1,
    level: "info",
    text: `line ${from + at}`,
  }));

// Numbered with gaps, as a history is that leaves progress out.
const events = (from: number, to: number): FeedEvent[] =>
  lines(from, to).map(({ n, at }) => ({ runId: "r1", n: n * 3, at, type: "run.unlocked", by: `${n}` }));

/** The same run later on: any of the sample states, a part of its steps, and lists that only grow. */
const later = fc.record({
  name: fc.constantFrom(...(Object.keys(pictures) as (keyof typeof pictures)[])),
  steps: fc.integer({ min: 1, max: 8 }),
  percent: fc.nat(100),
  lines: fc.nat(12),
  events: fc.nat(6),
});

const mostLines = 20;
const mostEvents = 8;

/** What a browser shows: elements by id, steps in order, lists. */
interface Page {
  parts: Map<string, string>;
  steps: string[];
  log: number[];
  history: number[];
  seen: string;
}

const opened = (drawing: Drawing): Page => ({
  parts: new Map([...drawing.parts].map(([id, { html }]) => [id, html])),
  steps: [...drawing.steps.values()].map(({ html }) => html),
  log: drawing.picture.log.map(({ n }) => n),
  history: drawing.picture.history.map(({ n }) => n),
  seen: seenOf(drawing),
});

/** Swaps as htmx does: an id that is not there is passed over. */
const swapped = (page: Page, drawing: Drawing): Page => {
  const lacks = lacking(drawing, readSeen(page.seen));
  const next: Page = { ...page, parts: new Map(page.parts), steps: [...page.steps], seen: lacks.seen };
  for (const { id, html } of lacks.swaps) {
    if (id === "step-list")
      next.steps = html.match(/<li class="step .*?(?=<li class="step |<\/ol>$)/gs) ?? [];
    else if (page.parts.has(id)) next.parts.set(id, html);
    else next.steps = next.steps.map((step) => (step.includes(` id="${id}" `) ? html : step));
  }
  const grown = (list: number[], { whole, items }: { whole: boolean; items: readonly { n: number }[] }) =>
    whole ? items.map(({ n }) => n) : [...list, ...items.map(({ n }) => n)];
  next.log = grown(page.log, lacks.log).slice(-mostLines);
  next.history = grown(page.history, lacks.history).slice(-mostEvents);
  return next;
};

test("whatever happens to a run and whenever pages ask, each of them shows what one shows that is opened anew", () => {
  // Each change with the pages that ask after it; page 0 always asks, the others now and then.
  const changes = fc.array(fc.tuple(later, fc.array(fc.nat(3)), fc.boolean()), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(changes, (all) => {
      let log = 0;
      let event = 0;
      let drawing: Drawing | null = null;
      let series = 0;
      const pages: Page[] = [];
      all.forEach(([{ name, steps, percent, ...more }, asking, restarted], version) => {
        log += more.lines;
        event += more.events;
        const picture: RunPicture = {
          ...pictures[name],
          version,
          percent,
          steps: pictures[name].steps.slice(0, steps),
          log: lines(Math.max(1, log - mostLines + 1), log),
          history: events(Math.max(1, event - mostEvents + 1), event),
        };
        const before: Drawing | null = restarted ? null : drawing;
        const drawn = draw({ picture, now: null, handOver: false }, before, () => `series-${++series}`);
        drawing = drawn;
        const fresh = opened(drawn);
        for (const at of new Set([0, ...asking])) {
          pages[at] = pages[at] === undefined ? fresh : swapped(pages[at], drawn);
          expect(pages[at]).toEqual(fresh);
        }
      });
    }),
    { numRuns: 150 },
  );
});

test("a page that tells what cannot be read, or of another server, is given everything", () => {
  const drawing = draw({ picture: pictures.waiting, now: null, handOver: false }, null, () => "here");
  const everything = lacking(drawing, readSeen(undefined));
  expect(everything.swaps.map(({ id }) => id)).toEqual([...drawing.parts.keys(), "step-list"]);
  expect([everything.log.whole, everything.history.whole]).toEqual([true, true]);
  for (const told of ["", "x", "here.1.2", "here.1e3.0.0", "<b>.1.1.1"])
    expect(lacking(drawing, readSeen(told))).toEqual(everything);
  for (const told of ["elsewhere.1.0.0", "here.999.0.0"])
    expect(lacking(drawing, readSeen(told)).swaps).toEqual(everything.swaps);
});

test("a step that changes is sent alone, and as often as it changes, also back to what it was", () => {
  const view = (state: "running" | "pending") => ({
    now: null,
    handOver: false,
    picture: {
      ...pictures.waiting,
      // Going back says how many later steps it clears, so with it the earlier ones would change too.
      steps: pictures.waiting.steps.map((step) => ({
        ...step,
        mayRewind: false,
        state: step.number === 7 ? state : step.state,
      })),
    },
  });
  const series = () => "s";
  const first = draw(view("pending"), null, series);
  const second = draw(view("running"), first, series);
  const third = draw(view("pending"), second, series);
  const sent = (drawing: Drawing, page: Drawing) =>
    lacking(drawing, readSeen(seenOf(page))).swaps.map(({ id }) => id);
  expect(sent(second, first)).toEqual(["step-step-7"]);
  expect(sent(third, second)).toEqual(["step-step-7"]);
  expect(sent(third, first)).toEqual(["step-step-7"]);
  expect(sent(third, third)).toEqual([]);
});
