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

test("an ssh_config for connections is found from where Milepost was started", () => {
  expect(readConfig({}, "/srv").sshConfig).toBeNull();
  expect(readConfig({ MILEPOST_SSH_CONFIG: "ssh/config" }, "/srv").sshConfig).toBe("/srv/ssh/config");
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
  [{ MILEPOST_API_TOKEN: "short" }, "at least 32 characters"],
  [{ MILEPOST_URL: "milepost.example.org" }, "MILEPOST_URL must be an address such as"],
  [{ MILEPOST_URL: "https://example.org/?q" }, "MILEPOST_URL must be an address such as"],
  [{ MILEPOST_URL: "https://a.example/x, https://b.example/y" }, "must all have the same path"],
  [{ MILEPOST_SANDBOX: "no" }, 'MILEPOST_SANDBOX must be "on" or "off"'],
])("a wrong setting is told in a sentence: %o", (env, words) => {
  expect(() => readConfig(env, "/")).toThrow(words);
});

test("generated apps have a port of their own when it is told, with an address that shares Milepost's host name", () => {
  expect(readConfig({}, "/").apps).toBeNull();
  expect(readConfig({ MILEPOST_APPS_PORT: "3001" }, "/").apps).toEqual({ port: 3001, url: null });
  const MILEPOST_URL = "https://milepost.example.org";
  const behind = { MILEPOST_URL, MILEPOST_APPS_PORT: "3001" };
  expect(
    readConfig({ ...behind, MILEPOST_APPS_URL: "https://milepost.example.org:8443" }, "/").apps,
  ).toMatchObject({ url: new URL("https://milepost.example.org:8443") });
  for (const wrong of [{}, { MILEPOST_APPS_URL: "https://apps.example.org" }])
    expect(() => readConfig({ ...behind, ...wrong }, "/")).toThrow("the same host name and another port");
  expect(() => readConfig({ MILEPOST_APPS_PORT: "http" }, "/")).toThrow("MILEPOST_APPS_PORT");
});

test("generated apps have host names of their own below one that is told, which is not Milepost's and not above it", () => {
  const MILEPOST_URL = "https://milepost.example.org/";
  const read = (MILEPOST_APPS_HOST: string, url = MILEPOST_URL) =>
    readConfig({ MILEPOST_URL: url, MILEPOST_APPS_HOST }, "/").apps;
  for (const told of ["https://apps.example.org", "https://apps.milepost.example.org:8443"])
    expect(read(told)).toEqual({ hostsBelow: new URL(told) });
  expect(read("http://apps.localhost:3000", "http://localhost:3000")).not.toBeNull();
  for (const wrong of [
    ...["apps.example.org", "http://apps.example.org", "https://apps.example.org/x", "https://10.0.0.1"],
    ...["https://milepost.example.org", "https://example.org", "https://u@apps.example.org", "https://[::1]"],
  ])
    expect(() => read(wrong), wrong).toThrow("MILEPOST_APPS_HOST must be an address such as");
  expect(() => read("https://apps.example.org", "")).toThrow("It needs MILEPOST_URL");
});

test("what one person may take is set in numbers, or not limited at all", () => {
  expect(readConfig({}, "/").limits).toEqual({ streams: 50, requestsPerSecond: 1_000, runs: 5_000 });
  const given = { MILEPOST_MOST_STREAMS: "7", MILEPOST_MOST_REQUESTS: "off", MILEPOST_MOST_RUNS: "" };
  expect(readConfig(given, "/").limits).toEqual({
    ...{ streams: 7, requestsPerSecond: Number.POSITIVE_INFINITY, runs: 5_000 },
  });
  for (const wrong of ["0", "-1", "many"])
    expect(() => readConfig({ MILEPOST_MOST_RUNS: wrong }, "/")).toThrow("MILEPOST_MOST_RUNS");
});

test("a process answers people and works on runs unless it is told its part, which takes a database that others share", () => {
  const database = { MILEPOST_DATABASE: "postgres://milepost@db.example.org/milepost" };
  expect(readConfig({}).role).toBe("all");
  expect(readConfig({ ...database, MILEPOST_ROLE: "worker" }).role).toBe("worker");
  expect(() => readConfig({ MILEPOST_ROLE: "web" })).toThrow("MILEPOST_ROLE=web needs a PostgreSQL");
  expect(() => readConfig({ ...database, MILEPOST_ROLE: "boss" })).toThrow(
    'MILEPOST_ROLE must be "all", "web" or "worker", not "boss".',
  );
});

test("files go into a bucket where one is named with its key, and what is missing is told without repeating the key", () => {
  const read = (env: NodeJS.ProcessEnv) => readConfig(env, "/srv").files;
  const url = "https://s3.example.org/milepost";
  expect(read({})).toBeNull();
  expect(read({ MILEPOST_FILES: url, MILEPOST_FILES_KEY: "access:sec:ret" })).toEqual({
    ...{ url: new URL(url), accessKey: "access", secretKey: "sec:ret", region: "auto" },
  });
  expect(() => read({ MILEPOST_FILES: url })).toThrow("MILEPOST_FILES needs MILEPOST_FILES_KEY");
  expect(() => read({ MILEPOST_FILES: "s3://milepost", MILEPOST_FILES_KEY: "a:b" })).toThrow(
    "the address of a bucket",
  );
});

test("what goes to PostgreSQL over a network is encrypted and the server's certificate checked, unless somebody says otherwise", () => {
  const read = (given: string, mode = "") =>
    readConfig({ MILEPOST_DATABASE: given, PGSSLMODE: mode }).database;
  const address = "postgres://milepost:p%40ss@db.example.org:5433/milepost";
  expect(read(address)).toBe(`${address}?sslmode=verify-full`);
  expect(read(`${address}?sslrootcert=%2Fetc%2Fca.pem`)).toBe(
    `${address}?sslrootcert=%2Fetc%2Fca.pem&sslmode=verify-full`,
  );
  expect(read("postgres://milepost@localhost.example.org/milepost")).toContain("verify-full");
  for (const said of [`${address}?sslmode=disable`, `${address}?ssl=true`]) expect(read(said)).toBe(said);
  for (const weaker of ["allow", "prefer", "require", "verify-ca"])
    expect(read(`${address}?sslmode=${weaker}`)).toBe(`${address}?sslmode=verify-full`);
  expect(() => read(`${address}?sslmode=verify`)).toThrow("no other sslmode");
  expect(read(address, "disable")).toBe(address);
  for (const within of [
    ...["localhost", "127.0.0.1:5433", "127.1.2.3", "[::1]"].map((host) => `postgres://m@${host}/milepost`),
    ...["postgres://m@%2Fvar%2Frun/milepost", "postgres://m@db/milepost?host=/var/run/postgresql"],
  ])
    expect(read(within), within).toBe(within);
  expect(() => read("postgres://db.example.org/")).toThrow("must be the address of a PostgreSQL");
});
