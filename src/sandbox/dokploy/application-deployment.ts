import { setTimeout as wait } from "node:timers/promises";
import type { Containers } from "./containers.ts";
import { readEnv } from "./env.ts";
import type { Faults } from "./faults.ts";
import { findImage, imageNames } from "./images.ts";
import type { ApplicationRow, ServiceRow } from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

interface Deploying {
  application: ApplicationRow;
  file: TablesFile;
  containers: Containers;
  faults: Faults;
  signal: AbortSignal;
  write(...lines: string[]): void;
}

/** Layers in which the log of a pull tells how far it is. */
const layers = ["a1b2c3d4e5f0", "a1b2c3d4e5f1", "a1b2c3d4e5f2", "a1b2c3d4e5f3"];

/** Deploys an application as Dokploy does it with an image: pulls it, and hands the order to the swarm. "Done" means no more than that. */
export const deployApplication = async (deploying: Deploying): Promise<boolean> => {
  const { application, file, faults, write } = deploying;
  write("Initializing deployment");
  if (application.sourceType !== "docker" || !application.dockerImage) {
    const { sourceType } = application;
    write(`Error: ❌ ${sourceType.charAt(0).toUpperCase()}${sourceType.slice(1)} Provider not found`, "");
    return false;
  }
  if (!(await pull(application.dockerImage, deploying))) return false;
  if (faults.failDeployments !== null) {
    write(faults.failDeployments);
    return false;
  }
  const env = readEnv(file.tables, application);
  if (typeof env === "string") {
    write(env);
    return false;
  }
  runService(deploying, application.dockerImage, env);
  return true;
};

const pull = async (image: string, { faults, signal, write }: Deploying): Promise<boolean> => {
  const [name = image, tag = "latest"] = image.split(":");
  const there = findImage(image) !== null;
  write(`Pulling ${image}`, ...(there ? [`${tag}: Pulling from ${name}`] : []));
  for (const layer of layers) {
    if (there) write(`${layer}: Pulling fs layer`);
    await wait(faults.pullMs / layers.length, undefined, { signal });
  }
  if (there) {
    write(`Status: Downloaded newer image for ${image}`, `docker.io/${image}`);
    write("✅ Pulling image completed.");
    return true;
  }
  write(
    `Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login': this sandbox can pull ${imageNames.join(", ")}`,
    "❌ Pulling image failed",
    "",
  );
  return false;
};

const runService = (
  { file, containers, application: { appName, replicas } }: Deploying,
  image: string,
  env: string[],
): void => {
  const service: ServiceRow = { appName, image, env, replicas };
  file.tables.services = [...file.tables.services.filter((one) => one.appName !== appName), service];
  file.save();
  if (replicas > 0) containers.run(service);
};
