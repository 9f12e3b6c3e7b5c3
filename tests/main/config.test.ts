import { expect, test } from "vitest";
import { readConfig } from "#main/config.ts";

test("everything has a default, and an empty setting is none", () => {
  const usual = { host: "127.0.0.1", port: 3000, dataDir: "/srv/data", apiToken: null, publicUrls: [] };
  expect(readConfig({}, "/srv")).toMatchObject(usual);
  expect(readConfig({ HOST: "", PORT: "", MILEPOST_URL: "", MILEPOST_API_TOKEN: "" }, "/srv")).toMatchObject(
    usual,
  );
});

test("the servers of this machine are offered unless they are switched off", () => {
  expect(readConfig({}, "/").sandbox).toBe(true);
  expect(readConfig({ MILEPOST_SANDBOX: "on" }, "/").sandbox).toBe(true);
  expect(readConfig({ MILEPOST_SANDBOX: "off" }, "/").sandbox).toBe(false);
});

test("several addresses in front may be given, the first one first, all below the same path", () => {
  const given = "https://example.org/milepost  http://nas.local:3000/milepost/";
  expect(readConfig({ MILEPOST_URL: given }, "/").publicUrls.map(({ href }) => href)).toEqual([
    "https://example.org/milepost/",
    "http://nas.local:3000/milepost/",
  ]);
});

test.each([
  [{ PORT: "http" }, "PORT must be a number from 0 to 65535"],
  [{ MILEPOST_API_TOKEN: "short" }, "at least 16 characters"],
  [{ MILEPOST_URL: "milepost.example.org" }, "MILEPOST_URL must be an address such as"],
  [{ MILEPOST_URL: "https://example.org/?q" }, "MILEPOST_URL must be an address such as"],
  [{ MILEPOST_URL: "https://a.example/x, https://b.example/y" }, "must all have the same path"],
  [{ MILEPOST_SANDBOX: "no" }, 'MILEPOST_SANDBOX must be "on" or "off"'],
])("a wrong setting is told in a sentence: %o", (env, words) => {
  expect(() => readConfig(env, "/")).toThrow(words);
});
