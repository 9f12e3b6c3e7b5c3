import { createHash } from "node:crypto";
import { wrong } from "#core/fields.ts";
import { entries, type Found, isNo, mapping, type Reach, text } from "./found.ts";
import { publishedPorts } from "./ports.ts";
import { reachOfService } from "./service-reach.ts";
import { reachOfFile, readNetworks, readVolumes } from "./shared-parts.ts";
import { readYaml } from "./yaml-text.ts";

/** What a compose file would make. Nothing of it is a value that a container gets. */
export interface ComposeFile {
  /** SHA-256 of its text. */
  digest: string;
  services: ComposeService[];
  /** Named volumes, which outlive the containers. */
  volumes: string[];
  /** What of it reaches the server itself, or other stacks: a person agrees to that first. */
  reaches: Reach[];
  /** Variables that it reads; `needed` are those without a value of their own. */
  reads: { name: string; needed: boolean }[];
  /** Whether its containers get every variable, named or not. */
  readsAll: boolean;
  /** What is good to know, each a whole sentence. */
  notes: string[];
}

export interface ComposeService {
  name: string;
  image: string;
  /** Null: its container is called after project and service. */
  containerName: string | null;
  containers: number;
  /** Whether it may come to its end, as one that prepares something does. */
  mayEnd: boolean;
  /** Only started where its profile is asked for, which Dokploy does not. */
  dormant: boolean;
  ports: string[];
  mounts: string[];
  /** Where it listens, as far as the file says so. */
  listens: number[];
  /** It has no network of its own that a router could reach. */
  unreachable: boolean;
}

export const field = "composeFile";

/**
 * Reads a compose file that was pasted. Throws AppError("bad-input") with line and reason for what cannot go: Dokploy has the file and
 * nothing beside it, and empties its folder with each deployment.
 */
export const readComposeFile = (typed: string): ComposeFile => {
  const { value, lineOf, texts } = readYaml(typed, field);
  const found: Found = {
    reaches: [],
    notes: [],
    reach: (path, says) => void found.reaches.push({ line: lineOf(path), says }),
    refuse: (path, says) => {
      throw wrong(field, `Line ${lineOf(path)}: ${says}`);
    },
  };
  const file = mapping(value);
  if (file === null)
    throw wrong(field, "This is no compose file: it has no “services:”, under which each service stands.");
  const named = entries(file.services);
  if (named.length === 0) found.refuse(["services"], "the file has no service.");
  const volumes = readVolumes(file, found);
  const networks = readNetworks(file, found);
  reachOfFile(file, found);
  const services = named.map(([name, body]) => readService(name, body, { volumes, networks, found }));
  return {
    digest: digestOf(typed),
    services,
    volumes: volumes.filter(({ kept }) => kept).map(({ name }) => name),
    reaches: found.reaches,
    reads: readNames(
      texts,
      named.map(([, body]) => body),
    ),
    readsAll: named.some(([, body]) => entries(body).some(([key]) => key === "env_file")),
    notes: found.notes,
  };
};

export const digestOf = (composeFile: string): string =>
  createHash("sha256").update(composeFile).digest("hex");

/** The images of a file that is or was in Dokploy, by service; none of one that cannot be read. */
export const imagesOf = (composeFile: string): Map<string, string> => {
  try {
    const file = mapping(readYaml(composeFile, field).value);
    return new Map(entries(file?.services).map(([name, body]) => [name, text(mapping(body)?.image)]));
  } catch {
    return new Map();
  }
};

interface Around {
  volumes: { name: string }[];
  networks: string[];
  found: Found;
}

const readService = (name: string, raw: unknown, { volumes, networks, found }: Around): ComposeService => {
  const path = ["services", name];
  const service = mapping(raw) ?? found.refuse(path, `“${name}” says nothing: it needs an image.`);
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) found.refuse(path, `“${name}” is no name of a service.`);
  const image = text(service.image);
  if (service.build !== undefined)
    found.refuse(
      [...path, "build"],
      `“${name}” is to be built, but Dokploy has this file and no sources. Give an image.`,
    );
  if (image === "") found.refuse(path, `“${name}” has no image.`);
  if (/^[^:@$]+$|:latest$/.test(image.slice(image.lastIndexOf("/") + 1)))
    found.notes.push(
      `“${name}” has the image ${image}: one of that name which the server has already is not pulled again. A tag of its own is.`,
    );
  const ports = publishedPorts(name, service, found);
  const mounts = reachOfService(name, service, { volumes, networks, found });
  const deploy = mapping(service.deploy) ?? {};
  const wanted = deploy.replicas ?? service.scale;
  const dormant = Array.isArray(service.profiles) && service.profiles.length > 0;
  if (dormant) found.notes.push(`“${name}” belongs to a profile, so Dokploy does not start it.`);
  return {
    name,
    image,
    containerName: text(service.container_name) || null,
    containers: typeof wanted === "number" ? wanted : 1,
    mayEnd: isNo(service.restart),
    dormant,
    ports: ports.map(({ told }) => told),
    mounts,
    listens: [...new Set([...ports.map(({ target }) => target), ...exposed(service.expose)])],
    unreachable: service.network_mode !== undefined,
  };
};

const exposed = (expose: unknown): number[] =>
  (Array.isArray(expose) ? expose : [])
    .map((one) => Number(/^(\d{1,5})(\/tcp)?$/.exec(String(one))?.[1]))
    .filter((port) => port >= 1 && port <= 65_535);

/** ${NAME}, ${NAME:-else}, $NAME; and what a container is given by its bare name. */
const readNames = (texts: readonly string[], services: readonly unknown[]): ComposeFile["reads"] => {
  const names = new Map<string, boolean>();
  const add = (name: string, needed: boolean) => names.set(name, needed || (names.get(name) ?? false));
  for (const one of texts)
    for (const [, braced, how, bare] of one
      .replaceAll("$$", "")
      .matchAll(/\$(?:\{([A-Za-z_]\w*)(:?[-+?])?|([A-Za-z_]\w*))/g))
      add(braced ?? bare ?? "", how === undefined || how.endsWith("?"));
  for (const service of services) {
    const { environment } = mapping(service) ?? {};
    if (Array.isArray(environment)) {
      for (const one of environment)
        if (typeof one === "string" && /^[A-Za-z_]\w*$/.test(one)) add(one, true);
    } else for (const [name, value] of entries(environment)) if (value === null) add(name, true);
  }
  return [...names].map(([name, needed]) => ({ name, needed }));
};
