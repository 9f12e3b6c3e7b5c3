import { expect, onTestFinished, test } from "vitest";
import type { Release } from "#core/release.ts";
import { openSite } from "./site.ts";

const release = (version: string, item: string): Release => ({
  version,
  date: "2026-11-29",
  parts: [{ title: "Added", items: [item] }],
});

test("after an upgrade the first page tells of it until somebody looked at what changed; the API says the version", async () => {
  let since: string | null = "1.0.0";
  const site = await openSite({
    deps: {
      news: {
        version: "1.1.0",
        since: () => since,
        releases: async () => [
          { version: "Unreleased", date: null, parts: [] },
          release("1.1.0", "A <new> thing on the page **Workflows**, by `milepost init`."),
          release("1.0.0", "An old thing."),
        ],
        seen: async () => {
          since = null;
        },
      },
    },
  });
  onTestFinished(() => site.close());
  const text = async (path: string) => (await site.get(path)).text();
  expect(await text("/")).toContain("This is Milepost 1.1.0 now; it was 1.0.0.");
  const changes = await text("/changes");
  expect(changes).toContain(
    "A &lt;new&gt; thing on the page <strong>Workflows</strong>, by <code>milepost init</code>.",
  );
  expect(changes).not.toContain("An old thing.");
  expect(changes).not.toContain("Unreleased");
  expect(await text("/")).not.toContain("it was 1.0.0");
  expect(await text("/changes")).toContain("An old thing.");
  expect(await text("/settings")).toContain("This is Milepost 1.1.0.");
  expect(await (await site.get("/api/version")).json()).toEqual({ version: "1.1.0" });
});
