import { expect, test } from "vitest";
import { openSandbox, until } from "./world.ts";

/** An image that no server can pull: its deployment takes its time and ends without a container. */
const image = "nosuch/thing";

test("each server has a queue of its own: one works beside the other, and only what is for the same one waits", async () => {
  const { get, post, prepare, faults, queue } = await openSandbox();
  const { environmentId, applicationId: first } = await prepare(image);
  const [{ serverId } = { serverId: "" }] = (await get("server.all")).body as { serverId: string }[];
  const make = async (more: object) => {
    const made = await post("application.create", { name: "x", environmentId, ...more });
    const { applicationId } = made.body as { applicationId: string };
    await post("application.update", { applicationId, sourceType: "docker", dockerImage: image });
    return applicationId;
  };
  const [second, there, alsoThere] = [await make({}), await make({ serverId }), await make({ serverId })];
  faults.pullMs = 3_600_000;
  for (const applicationId of [first, second, there, alsoThere])
    await post("application.deploy", { applicationId, title: applicationId });
  const jobs = await until(async () => {
    const now = await queue();
    return now.filter(({ state }) => state === "active").length === 2 && now;
  });
  expect(jobs.map(({ state, data }) => [data.titleLog, state, data.serverId ?? null])).toEqual([
    [alsoThere, "waiting", serverId],
    [there, "active", serverId],
    [second, "waiting", null],
    [first, "active", null],
  ]);
});

test("a server that is not there is refused, by an application and by a compose service", async () => {
  const { post, prepare } = await openSandbox();
  const { environmentId } = await prepare(image);
  const wish = { name: "x", environmentId, serverId: "nowhere" };
  expect(await post("application.create", wish)).toMatchObject({ status: 400 });
  expect(await post("compose.create", wish)).toMatchObject({ status: 400 });
});
