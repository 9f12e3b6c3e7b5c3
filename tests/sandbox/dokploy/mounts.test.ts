import { expect, test } from "vitest";
import { openSandbox } from "./world.ts";

test("a mount is added without an id, a second time as a second one, told with its application, and goes with it or alone", async () => {
  const sandbox = await openSandbox();
  const { applicationId } = await sandbox.prepare("milepost/hello");
  const wish = { type: "volume", volumeName: "w", mountPath: "/w", serviceType: "application" };
  const mountsOf = async () =>
    ((await sandbox.get("application.one", { applicationId })).body as { mounts: { mountId: string }[] })
      .mounts;
  for (const _ of [1, 2])
    expect((await sandbox.post("mounts.create", { ...wish, serviceId: applicationId })).body).toBe(true);
  const [first] = await mountsOf();
  expect(await mountsOf()).toMatchObject([{ volumeName: "w", mountPath: "/w" }, { volumeName: "w" }]);
  expect((await sandbox.post("mounts.remove", { mountId: first?.mountId })).status).toBe(200);
  expect((await sandbox.post("mounts.remove", { mountId: first?.mountId })).status).toBe(404);
  expect(await mountsOf()).toHaveLength(1);
  expect((await sandbox.post("mounts.create", { ...wish, serviceId: "nowhere" })).status).toBe(400);
});
