import { expect, test } from "vitest";
import { readConfig } from "#main/config.ts";

test("everything has a default, and an empty setting is none", () => {
  const usual = { host: "127.0.0.1", port: 3000, dataDir: "/srv/data", apiToken: null, publicOrigin: null };
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

test("the address in front is kept as an origin", () => {
  expect(readConfig({ MILEPOST_URL: "https://milepost.example.org/" }, "/")).toMatchObject({
    publicOrigin: "https://milepost.example.org",
  });
});

test.each([
  [{ PORT: "http" }, "PORT must be a number from 0 to 65535"],
  [{ MILEPOST_API_TOKEN: "short" }, "at least 16 characters"],
  [{ MILEPOST_URL: "milepost.example.org" }, "MILEPOST_URL must be an address such as"],
  [{ MILEPOST_SANDBOX: "no" }, 'MILEPOST_SANDBOX must be "on" or "off"'],
])("a wrong setting is told in a sentence: %o", (env, words) => {
  expect(() => readConfig(env, "/")).toThrow(words);
});
