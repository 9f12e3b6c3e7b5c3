import { setTimeout as wait } from "node:timers/promises";
import type { ComposeContainers } from "./compose-containers.ts";
import { readCompose } from "./compose-file.ts";
import type { Faults } from "./faults.ts";
import { findImage, imageNames } from "./images.ts";
import type { ComposeRow } from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

interface Deploying {
  compose: ComposeRow;
  file: TablesFile;
  composeContainers: ComposeContainers;
  faults: Faults;
  signal: AbortSignal;
  write(...lines: string[]): void;
}

/** Deploys a compose service as Dokploy's builders/compose.ts does: writes the file with its domains as labels, then `up -d`. */
export const deployCompose = async ({
  compose,
  file,
  composeContainers,
  faults,
  signal,
  write,
}: Deploying): Promise<boolean> => {
  const { appName } = compose;
  const { tables } = file;
  const refused = (line: string): false => {
    write(line, "Error: ❌ Docker command failed");
    return false;
  };
  write("Initializing deployment");
  if (compose.sourceType !== "raw") {
    write(`Error: ❌ ${compose.sourceType} Provider not found`);
    return false;
  }
  write(
    "File 'docker-compose.yml' created: ✅",
    `App Name: ${appName}`,
    "Build Compose 🐳",
    `Command: docker compose -p ${appName} -f docker-compose.yml up -d --build --remove-orphans`,
    "Source Type: docker raw ✅",
    "Compose Type: docker-compose ✅",
  );
  const specs = readCompose(tables, compose);
  if (typeof specs === "string") return refused(specs);
  for (const { service } of specs) write(` ${service} Pulling `);
  await wait(faults.pullMs, undefined, { signal: signal });
  for (const { service, image } of specs) {
    if (findImage(image) === null) {
      const name = image.replace(/:[\w.-]+$/, "");
      return refused(
        ` ${service} Error pull access denied for ${name}, repository does not exist or may require 'docker login': this sandbox can pull ${imageNames.join(", ")}`,
      );
    }
    write(` ${service} Pulled `);
  }
  if (faults.failDeployments !== null) return refused(faults.failDeployments);
  for (const { name } of specs) write(` Container ${name}  Started`);
  // Its domains are labels of the containers.
  tables.routes = [
    ...tables.routes.filter(({ project }) => project !== appName),
    ...tables.domains
      .filter(({ composeId, enabled }) => composeId === compose.composeId && enabled)
      .map(({ domainId, host, path, port, https, serviceName }) => ({
        domainId,
        appName: specs.find(({ service }) => service === serviceName)?.name ?? "",
        project: appName,
        host,
        path: path ?? "/",
        port: port ?? 3_000,
        https,
      })),
  ];
  compose.up = { composeFile: compose.composeFile, env: compose.env };
  file.save();
  await composeContainers.up(appName, specs);
  write("Docker Compose Deployed: ✅");
  return true;
};
