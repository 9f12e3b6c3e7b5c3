import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../main/milepost.ts";
import { quick } from "../web/quick.ts";
import { openSite, type Site } from "../web/site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [quick] });
  // What is measured in the background is there from the second look on.
  await site.deps.storage.use();
});
afterAll(() => site.close());

const deploy = (name: string) => readFileSync(join(root, "deploy", name), "utf8");
const alerts = [...deploy("prometheus-alerts.yml").matchAll(/^ +expr: (.+)$/gm)].map(([, expr = ""]) => expr);

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}
const dashboard = JSON.parse(deploy("grafana.json")) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The names of metrics in a query, each with the labels that are asked of it. */
const namedIn = (query: string) =>
  [...query.matchAll(/\b((?:milepost|process)_[a-z_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = "", matchers = ""]) => ({
      name,
      labels: [...matchers.matchAll(/([a-z_]+)=(~?)"([^"]*)"/g)].map(([, label = "", fuzzy, value = ""]) => ({
        label,
        values: fuzzy === "~" ? value.split("|") : [value],
      })),
    }),
  );

test("every metric that the alerts and the dashboard ask for is one that /metrics has, with the labels that they ask of it", async () => {
  const lines = (await (await site.get("/metrics")).text())
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  expect(alerts.length).toBeGreaterThan(6);
  for (const query of [...alerts, ...queries])
    for (const { name, labels } of namedIn(query)) {
      const samples = lines.filter((line) => new RegExp(`^${name}[{ ]`).test(line));
      expect([query, name, samples.length > 0]).toEqual([query, name, true]);
      // The job is what Prometheus itself adds.
      for (const { label, values } of labels.filter((one) => one.label !== "job"))
        for (const value of values)
          expect([query, value, samples.some((line) => line.includes(`${label}="${value}"`))]).toEqual([
            query,
            value,
            true,
          ]);
    }
});

test("every metric that /metrics has about runs, room, messages and time left is on the dashboard", async () => {
  const asked = new Set(queries.flatMap(namedIn).map(({ name }) => name));
  const told = [...(await (await site.get("/metrics")).text()).matchAll(/^# TYPE (\S+)/gm)].map(
    ([, name = ""]) => name,
  );
  const important = told.filter((name) =>
    /^milepost_(runs|queue|disk_(used|free)|time_left|event_loop|messages)/.test(name),
  );
  expect(important.length).toBeGreaterThan(6);
  for (const name of important) expect([name, asked.has(name)]).toEqual([name, true]);
});
