import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { preselected } from "#cli/values.ts";
import type { RunPicture } from "#core/picture.ts";

import { started, testFolder } from "./milepost.ts";
import { token } from "./token.ts";

/** A port at which nobody answers. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

// Such packages are bundled by themselves: what they throw may be of another class there than in the sources, from which other tests run.
test("what is refused by packages that are loaded late is told by the server that people run as from its sources", async () => {
  const server = await started({ MILEPOST_DATA: testFolder(), MILEPOST_API_TOKEN: token });
  onTestFinished(() => server.end("SIGTERM").then(() => {}));
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, server.link), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async <T>(...asked: Parameters<typeof ask>): Promise<T> => (await ask(...asked)).json() as T;
  const start = async (id: string, values: unknown) =>
    (await json<RunPicture>("POST", `/api/workflows/${id}/runs`, { values })).id;
  const until = (id: string, ...states: string[]) =>
    expect
      .poll(() => json<RunPicture>("GET", `/api/runs/${id}`), { timeout: 60_000 })
      .toMatchObject({ state: expect.stringMatching(new RegExp(`^(${states.join("|")})$`)) });

  // croner
  const when = { kind: "schedule", times: { words: "61 * * * *" }, zone: "UTC" };
  const values = { script: "true", servers: ["this-node"] };
  const schedule = { name: "Odd", workflowId: "run-script", values, when };
  expect(await json("POST", "/api/schedules", schedule)).toMatchObject({
    error: { code: "bad-input", message: expect.stringContaining("“61 * * * *” cannot be used") },
  });
  // marked
  expect(await (await ask("GET", "/docs/keep/running")).text()).toMatch(/<h1.*<table/s);
  // ssh2
  const port = String(await closedPort());
  const dead = { host: "127.0.0.1", port, user: "nobody", password: "s3cretive", openclaw: "openclaw" };
  expect(await json("POST", "/api/connections", { kind: "ssh", name: "dead", values: dead })).toMatchObject({
    lastTest: { ok: false, sentence: expect.stringContaining("refuses connections") },
  });
  // undici, ipaddr.js
  const crawl = await start("crawl-site", { url: `http://127.0.0.1:${port}/` });
  await until(crawl, "failed");
  expect(JSON.stringify(await json("GET", `/api/runs/${crawl}`))).toContain("refuses the connection");
  // csv-parse, yazl
  const made = await start("generate-app", { rows: 'name,size\nÇelik "C",1\nB,2\n', title: "Steel" });
  await until(made, "asking");
  const asking = (await json<RunPicture>("GET", `/api/runs/${made}`)).steps.find((one) => one.form !== null);
  await ask("POST", `/api/runs/${made}/steps/${asking?.id}/answer`, {
    values: asking?.form == null ? {} : preselected(asking.form),
  });
  await until(made, "completed");
  expect(await json("GET", "/apps/steel/api/db/steel?name_in=%22x")).toMatchObject({
    error: { code: "bad-input", message: expect.stringContaining("a quote is not closed") },
  });
  expect(await (await ask("GET", "/apps/steel.zip")).text()).toMatch(/^PK/);
});
