import { expect, test } from "vitest";
import { z } from "zod";
import { alive, openSandbox, until } from "./world.ts";

const file = (web: string, worker = "milepost/hello:1") =>
  `services:\n  web:\n    image: ${web}\n    restart: always\n    environment:\n      TOKEN: \${TOKEN}\n      MODE: \${MODE:-quiet}\n  worker:\n    image: ${worker}\n`;
const made = z.looseObject({ composeId: z.string(), appName: z.string() });
const rows = z.array(z.looseObject({ title: z.string(), status: z.string(), deploymentId: z.string() }));
const containers = z.array(
  z.object({ containerId: z.string(), name: z.string(), state: z.string(), status: z.string() }),
);

// One story, because each container is a process of its own.
test("a compose file runs with its variables; an update replaces what was changed and keeps the rest; a delete ends all", async () => {
  const { get, post, visit, logOf, domainSuffix, environmentOf, composePids } = await openSandbox();
  const { environment } = z
    .object({ environment: z.looseObject({ environmentId: z.string() }) })
    .parse((await post("project.create", { name: "p" })).body);
  const wish = { name: "shop", appName: "shop", environmentId: environment.environmentId, sourceType: "raw" };
  const { composeId, appName } = made.parse((await post("compose.create", wish)).body);
  await post("compose.update", { composeId, composeFile: file("milepost/hello:1"), env: "TOKEN='a#b'" });
  const host = `shop.${domainSuffix}`;
  const lead = { domainType: "compose", composeId, serviceName: "web", port: 8080 };
  await post("domain.create", { host, ...lead });
  const deploy = async (title: string) => {
    await post("compose.deploy", { composeId, title });
    return until(async () =>
      rows
        .parse((await get("deployment.allByCompose", { composeId })).body)
        .find((row) => row.title === title && row.status !== "running"),
    );
  };
  const list = async () =>
    containers.parse(
      (await get("docker.getContainersByAppNameMatch", { appName, appType: "docker-compose" })).body,
    );
  const named = async (service: string) =>
    (await list()).find(({ name }) => name === `${appName}-${service}-1`);

  expect(await visit(host)).toMatchObject({ status: 404 });
  expect(await deploy("first")).toMatchObject({ status: "done" });
  await until(async () => (await visit(host)).status === 200);
  expect(environmentOf(`${appName}-web-1`)).toEqual(["TOKEN=a#b", "MODE=quiet"]);
  const [web, worker] = [await named("web"), await named("worker")];
  const pids = composePids();
  expect(pids).toHaveLength(2);

  await post("compose.update", { composeId, composeFile: file("milepost/hello:2") });
  expect(await deploy("second")).toMatchObject({ status: "done" });
  expect((await named("web"))?.containerId).not.toBe(web?.containerId);
  expect((await named("worker"))?.containerId).toBe(worker?.containerId);

  // No policy: it stays down, and nothing puts the former one back.
  await post("compose.update", { composeId, composeFile: file("milepost/crash:1", "milepost/crash:1") });
  await deploy("third");
  await until(async () => (await named("worker"))?.status.startsWith("Exited (1)"));
  await until(async () => (await list()).some(({ state }) => state === "restarting"));

  await post("compose.update", { composeId, composeFile: file("nosuch/thing:1") });
  const failed = await deploy("fourth");
  expect(failed.status).toBe("error");
  expect(await logOf(failed.deploymentId)).toMatch(/web Error pull access denied for nosuch\/thing/);

  await post("compose.delete", { composeId, deleteVolumes: false });
  await until(async () => pids.every((pid) => !alive(pid)) && composePids().length === 0);
  expect(await visit(host)).toMatchObject({ status: 404 });
  expect(await get("compose.one", { composeId })).toMatchObject({
    status: 404,
    body: { message: "Compose not found" },
  });
});
