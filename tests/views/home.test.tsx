import { expect, test } from "vitest";
import { HomePage } from "#views/home.tsx";
import { now } from "./samples/steps.ts";

const home = (refused: { name: string; sentence: string }[]) =>
  String(
    <HomePage
      {...{
        user: { name: "admin", role: "admin" as const },
        version: "1",
        workflows: [],
        running: [],
        needsYou: [],
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
