import { expect, test } from "vitest";
import { refusalError } from "#connectors/dokploy/refusals.ts";

test("of a refusal by Dokploy's database nothing of its statement and of what was to be stored is told", () => {
  const message = `Failed query: insert into "domain" ("host", "applicationId") values ($1, $2)\nparams: secret.example.org,nowhere`;
  const json = { message, code: "BAD_REQUEST" };
  const error = refusalError({
    ...{
      status: 400,
      about: "add the domain",
      host: "dokploy.example.org",
      json,
      body: JSON.stringify(json),
    },
  } as Parameters<typeof refusalError>[0]);
  expect(error.message).toBe(
    "Dokploy refused to add the domain (HTTP 400). It says: “Its database refused it.”",
  );
  expect(`${error.message} ${error.detail}`).not.toMatch(/insert|params|secret/);
});
