import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOidc } from "#main/oidc-config.ts";

const set = {
  MILEPOST_OIDC_ISSUER: "https://login.example/realms/home",
  MILEPOST_OIDC_CLIENT_ID: "milepost",
};

test("without an issuer there is no provider, and with one all else but the client's name has a default", () => {
  expect(readOidc({})).toBeNull();
  expect(readOidc({ MILEPOST_OIDC_ISSUER: "" })).toBeNull();
  expect(readOidc(set)).toEqual({
    issuer: new URL(set.MILEPOST_OIDC_ISSUER),
    clientId: "milepost",
    clientSecret: null,
    scopes: "openid profile email",
    groupsClaim: "groups",
    name: "login.example",
    groupRoles: null,
  });
});

test("the secret may lie in a file", () => {
  const file = join(tmpdir(), `milepost-secret-${process.pid}`);
  writeFileSync(file, "s3cret\n");
  expect(readOidc({ ...set, MILEPOST_OIDC_CLIENT_SECRET_FILE: file })?.clientSecret).toBe("s3cret");
  expect(readOidc({ ...set, MILEPOST_OIDC_CLIENT_SECRET: "other" })?.clientSecret).toBe("other");
});

test.each([
  [{ MILEPOST_OIDC_CLIENT_ID: "" }, "MILEPOST_OIDC_CLIENT_ID must be"],
  [{ MILEPOST_OIDC_ISSUER: "login.example" }, "MILEPOST_OIDC_ISSUER must be"],
  [{ MILEPOST_OIDC_ISSUER: "http://login.example" }, "https unless it is in your own network"],
  [{ MILEPOST_OIDC_ISSUER: "https://a:b@login.example" }, "MILEPOST_OIDC_ISSUER must be"],
  [{ MILEPOST_OIDC_SCOPES: "profile email" }, '"openid" among them'],
  [{ MILEPOST_OIDC_ROLES: "admins=root" }, "MILEPOST_OIDC_ROLES must say"],
  [{ MILEPOST_OIDC_CLIENT_SECRET_FILE: "/nowhere/at/all" }, "cannot be read"],
  [{ MILEPOST_OIDC_CLIENT_SECRET: "a", MILEPOST_OIDC_CLIENT_SECRET_FILE: "/b" }, "not both"],
])("a wrong setting is told in a sentence: %o", (env, words) => {
  expect(() => readOidc({ ...set, ...env })).toThrow(words);
});

test("a provider at home may speak plain http", () => {
  for (const issuer of ["http://keycloak.lan/realms/home", "http://127.0.0.1:8080/", "http://keycloak"])
    expect(readOidc({ ...set, MILEPOST_OIDC_ISSUER: issuer })?.issuer.protocol).toBe("http:");
});
