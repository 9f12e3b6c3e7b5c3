import { expect, test } from "vitest";
import { openSandbox, until } from "./world.ts";

test("a deployed application answers at its domain, and shows the names of its variables but no value", async () => {
  const { prepare, post, deploy, visit } = await openSandbox();
  const { applicationId, host, appName } = await prepare("milepost/hello");
  expect(await visit(host)).toMatchObject({ status: 502 });
  await post("application.saveEnvironment", {
    applicationId,
    env: "GREETING=hush\nTOKEN=sesame",
    buildArgs: null,
    buildSecrets: null,
    createEnvFile: true,
  });
  expect(await deploy(applicationId)).toMatchObject({ status: "done", errorMessage: null });
  const { text } = await until(async () => {
    const seen = await visit(host);
    return seen.status === 200 && seen;
  });
  for (const shown of [appName, "GREETING", "TOKEN"]) expect(text).toContain(shown);
  for (const hidden of ["hush", "sesame"]) expect(text).not.toContain(hidden);
});
