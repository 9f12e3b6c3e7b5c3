import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDokployKind } from "#connectors/dokploy/kind.ts";
import { type DokployServer, startDokployServer } from "./dokploy-server.ts";

const kind = createDokployKind({ image: null, domainSuffix: null });
const never = new AbortController().signal;
const given = { baseUrl: "https://dokploy.example.org", apiKey: "abc", domainSuffix: "apps.example.org" };

describe("the Dokploy connection", () => {
  it("tidies what was pasted and fills in what is usual", () => {
    const typed = {
      baseUrl: " https://dokploy.example.org/api/ ",
      apiKey: " abc ",
      domainSuffix: "*.Apps.example.org.",
    };
    expect(kind.check(typed)).toEqual({
      ...given,
      image: "",
      keptFolder: "",
      port: "8080",
      https: "yes",
      publicPort: "",
    });
  });

  it.each([
    "http://192.168.1.5:3000",
    "http://dokploy.local:3000",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
  ])("lets %s be reached without TLS, because it is in one's own network", (baseUrl) => {
    expect(kind.check({ ...given, baseUrl }).baseUrl).toBe(baseUrl);
  });

  it.each([
    [{ baseUrl: "http://dokploy.example.org" }, "baseUrl"],
    [{ baseUrl: "http://203.0.113.9:3000" }, "baseUrl"],
    [{ baseUrl: "ftp://127.0.0.1" }, "baseUrl"],
    [{ baseUrl: "https://me:secret@dokploy.example.org" }, "baseUrl"],
    [{ baseUrl: "dokploy" }, "baseUrl"],
    [{ apiKey: "" }, "apiKey"],
    [{ apiKey: "two words" }, "apiKey"],
    [{ domainSuffix: "" }, "domainSuffix"],
    [{ domainSuffix: "apps_example.org" }, "domainSuffix"],
    [{ image: "No Image" }, "image"],
    [{ port: "70000" }, "port"],
    [{ https: "maybe" }, "https"],
    [{ publicPort: "x" }, "publicPort"],
  ])("refuses %o at the field %s", (values, field) => {
    expect(() => kind.check({ ...given, ...values })).toThrow(
      expect.objectContaining({ code: "bad-input", field }),
    );
  });

  it("is filled in with what whoever runs the server preset", () => {
    const { fields } = createDokployKind({ image: "example/app:1", domainSuffix: "apps.example.org" });
    const presets = Object.fromEntries(fields.map(({ name, preset }) => [name, preset]));
    expect(presets).toMatchObject({ image: "example/app:1", domainSuffix: "apps.example.org" });
  });
});

describe("testing a Dokploy connection", () => {
  let server: DokployServer;
  beforeEach(async () => {
    server = await startDokployServer();
  });
  afterEach(() => server.close());

  it("reads only, and tells how many projects the key sees and how long it took", async () => {
    const report = await kind.test({ ...given, baseUrl: server.url, apiKey: server.apiKey }, never);
    expect(report).toMatchObject({
      ok: true,
      sentence: "Dokploy answers; the key sees 0 projects.",
      latencyMs: expect.any(Number),
      facts: [
        { label: "Projects", value: "0" },
        { label: "Version", value: "v0.30.2" },
        { label: "Key of", value: "owner" },
        { label: "API" },
      ],
    });
    expect(server.calls.every((call) => call.startsWith("GET "))).toBe(true);
  });

  it("says what is wrong with the key instead of throwing", async () => {
    const report = await kind.test({ ...given, baseUrl: server.url, apiKey: "wrong" }, never);
    expect(report).toMatchObject({
      ok: false,
      sentence: expect.stringContaining("does not accept the API key"),
    });
  });
});
