import { expect, test } from "vitest";
import { openSandbox } from "./world.ts";

test.each([
  ["no key", {}],
  ["a wrong key", { "x-api-key": "wrong" }],
  ["the key as a bearer token", "bearer"],
] as const)("%s is answered 401 with the message alone, whatever is asked", async (_, given) => {
  const { url, apiKey } = await openSandbox();
  const headers = given === "bearer" ? { authorization: `Bearer ${apiKey}` } : given;
  for (const call of ["project.all", "no.such"]) {
    const answer = await fetch(`${url}/api/${call}`, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ message: "Unauthorized" });
  }
});

test("a key with Dokploy's rate limit is refused from the sixth call of a day on, exactly like a wrong key", async () => {
  let now = Date.UTC(2026, 0, 1);
  const { get } = await openSandbox({ rateLimit: true, now: () => now });
  for (let nth = 1; nth <= 5; nth++) expect((await get("project.all")).status).toBe(200);
  expect(await get("project.all")).toEqual({ status: 401, body: { message: "Unauthorized" } });
  now += 86_400_000;
  expect((await get("project.all")).status).toBe(200);
});

test("without the rate limit a key is let in more often", async () => {
  const { get } = await openSandbox();
  for (let nth = 1; nth <= 12; nth++) expect((await get("project.all")).status).toBe(200);
});

test("an unknown call and a wrong method are answered 404 alike", async () => {
  const { get, post } = await openSandbox();
  const data = { code: "NOT_FOUND", httpStatus: 404, zodError: null };
  const unknown = { status: 404, body: { message: "Not found", code: "NOT_FOUND", data } };
  expect(await get("application.remove")).toEqual(unknown);
  expect(await get("toString")).toEqual(unknown);
  expect(await get("project.create")).toEqual(unknown);
  expect(await post("project.all", {})).toEqual(unknown);
});

test("a body that is not declared as JSON is answered 415 and has no effect", async () => {
  const { url, apiKey, get } = await openSandbox();
  const answer = await fetch(`${url}/api/project.create`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "text/plain" },
    body: JSON.stringify({ name: "p" }),
  });
  expect(answer.status).toBe(415);
  expect(await answer.json()).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
  expect((await get("project.all")).body).toEqual([]);
});

test("a body that breaks the schema is answered 400 and says where", async () => {
  const { post } = await openSandbox();
  expect(await post("application.create", { name: "web", environmentId: "e", appName: "a b" })).toMatchObject(
    {
      status: 400,
      body: {
        message: "Input validation failed",
        code: "BAD_REQUEST",
        data: { code: "BAD_REQUEST", httpStatus: 400, path: "application.create" },
        issues: [{ path: ["appName"] }],
      },
    },
  );
});

test("a body of more than a megabyte is answered 413 in plain text, and has no effect", async () => {
  const { url, apiKey, get } = await openSandbox();
  const answer = await fetch(`${url}/api/project.create`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify({ name: "p".repeat(1024 * 1024) }),
  });
  expect(answer.status).toBe(413);
  expect(await answer.text()).toBe("Body exceeded 1mb limit");
  expect((await get("project.all")).body).toEqual([]);
});

test.each([
  ["project.one", "projectId", "Project not found"],
  ["environment.one", "environmentId", "Environment not found"],
  ["application.one", "applicationId", "Application not found"],
  ["deployment.readLogs", "deploymentId", "Deployment not found"],
])("%s of an unknown id is answered 404 with “%3$s”", async (call, name, message) => {
  const { get } = await openSandbox();
  expect(await get(call, { [name]: "nowhere" })).toMatchObject({
    status: 404,
    body: { message, code: "NOT_FOUND", data: { httpStatus: 404, path: call, zodError: null } },
  });
});

test("what came is remembered, whether the key was right too, but not the key", async () => {
  const { requests, url, post, apiKey } = await openSandbox();
  await post("project.create", { name: "p" });
  await fetch(`${url}/api/project.one?projectId=x`, { headers: { "x-api-key": "wrong" } });
  expect(requests).toEqual([
    { method: "POST", call: "project.create", input: { name: "p" }, keyOk: true },
    { method: "GET", call: "project.one", input: { projectId: "x" }, keyOk: false },
  ]);
  expect(JSON.stringify(requests)).not.toContain(apiKey);
});
