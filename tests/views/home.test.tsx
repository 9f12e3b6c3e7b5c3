import { expect, test } from "vitest";
import type { RunSummary } from "#core/picture.ts";
import { HomePage } from "#views/home.tsx";
import { summary } from "./samples/lists.ts";
import { now } from "./samples/steps.ts";

const home = (refused: { name: string; sentence: string }[], needsYou: readonly RunSummary[] = []) =>
  String(
    <HomePage
      {...{
        user: { name: "admin", role: "admin" as const },
        version: "1",
        workflows: [],
        running: [],
        needsYou,
        recent: [],
        kept: [],
        now,
        refused,
      }}
    />,
  );

test("a workflow that is not offered is told on the home page with its reason, and no one is told when all are", () => {
  const page = home([{ name: "nightly-report", sentence: "Two steps are called <send>." }]);
  expect(page).toContain("Not offered");
  expect(page).toContain("nightly-report");
  expect(page).toContain("Two steps are called &lt;send&gt;.");
  expect(home([])).not.toContain("Not offered");
});

test("however many questions are open, ten are shown, the others stand folded below, and none makes up how far it is", () => {
  const asking = Array.from({ length: 13 }, (_, at) =>
    summary("asking", { id: `asking-${at}`, percentKnown: at === 0, percent: 29, askedAt: now - 3_600_000 }),
  );
  const [shown = "", folded = ""] = home([], asking).split('<details class="folded" id="needs-you-more">');
  const ids = (html: string) =>
    [...html.matchAll(/<li id="needs-you[a-z-]*-asking-(\d+)"/g)].map(([, at]) => Number(at));
  expect([ids(shown).length, ids(folded)]).toEqual([10, [10, 11, 12]]);
  expect(folded).toContain("<summary>3 more</summary>");
  expect(shown.match(/29 %/g)).toHaveLength(1);
  expect(shown.match(/<progress/g)).toHaveLength(1);
  expect(shown).toContain(">1 h</time>");
  expect(home([], asking.slice(0, 10))).not.toContain("needs-you-more");
});
