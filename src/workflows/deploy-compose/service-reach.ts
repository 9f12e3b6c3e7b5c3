import { posix } from "node:path";
import { entries, type Found, isNo, isOpen, type Mapping, mapping, type Path, text } from "./found.ts";

/** What concerns the container alone. All that is not here is told, so that nothing new of Docker Compose's is overlooked. */
const ownAffairs: ReadonlySet<string> = new Set(
  `annotations attach blkio_config build cap_drop command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_shares cpus
   cpuset depends_on deploy develop dns dns_opt dns_search domainname entrypoint env_file environment expose extends extra_hosts group_add
   healthcheck hostname image init labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit networks
   oom_kill_disable oom_score_adj pids_limit platform ports profiles pull_policy read_only restart scale secrets shm_size stdin_open
   stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits user volumes working_dir`.split(/\s+/),
);

const words: Readonly<Record<string, string>> = {
  privileged: "may do everything on the server",
  cap_add: "has rights beyond those of a container",
  devices: "uses devices of the server",
  device_cgroup_rules: "uses devices of the server",
  gpus: "uses devices of the server",
  pid: "sees the processes of others",
  ipc: "shares memory with others",
  uts: "shares the server's name",
  userns_mode: "shares users with the server",
  cgroup: "shares control groups with the server",
  cgroup_parent: "shares control groups with the server",
  network_mode: "shares a network with the server or with another container",
  security_opt: "weakens what separates it from the server",
  runtime: "runs in another runtime",
  volumes_from: "sees the folders of another container",
  external_links: "reaches containers of other stacks",
  use_api_socket: "commands Docker, and with it the server",
  provider: "runs a program of the server",
};

/** What of a service reaches beyond its container; answers with its mounts, in words. */
export const reachOfService = (
  name: string,
  service: Mapping,
  {
    volumes,
    networks,
    found,
  }: { volumes: readonly { name: string }[]; networks: readonly string[]; found: Found },
): string[] => {
  const path = ["services", name];
  for (const [key, value] of Object.entries(service)) {
    if (ownAffairs.has(key) || key.startsWith("x-") || isHarmless(key, value)) continue;
    const how = words[key] ?? `has “${key}”, which Milepost does not know`;
    found.reach([...path, key], `“${name}” ${how} (${key}${short(value)}).`);
  }
  filesThatAreThere(name, service, found);
  for (const labels of ["labels", "deploy"])
    if (labelsOf(labels === "deploy" ? mapping(service.deploy)?.labels : service.labels).some(isRoute))
      found.reach(
        [...path, labels],
        `“${name}” has routes of its own in its labels, whose hosts are not looked at.`,
      );
  const resources = mapping(mapping(service.deploy)?.resources);
  if (mapping(resources?.reservations)?.devices !== undefined)
    found.reach([...path, "deploy"], `“${name}” uses devices of the server.`);
  for (const used of Array.isArray(service.networks)
    ? service.networks
    : entries(service.networks).map(([key]) => key))
    if (
      typeof used === "string" &&
      used !== "default" &&
      used !== "dokploy-network" &&
      !networks.includes(used)
    )
      found.refuse(
        [...path, "networks"],
        `“${name}” is in the network “${used}”, which the file does not name under “networks:”.`,
      );
  const mounts = Array.isArray(service.volumes) ? service.volumes : [];
  return mounts.map((one, index) => mountOf(name, one, [...path, "volumes", index], { volumes, found }));
};

const isHarmless = (key: string, value: unknown): boolean => {
  if (key === "network_mode") return value === "none" || value === "bridge" || /^service:/.test(text(value));
  if (key === "security_opt")
    return Array.isArray(value) && value.every((one) => /^no-new-privileges([:=]true)?$/.test(String(one)));
  if (key === "ipc" || key === "cgroup")
    return value === "private" || value === "shareable" || value === "none";
  if (key === "post_start" || key === "pre_stop")
    return Array.isArray(value) && value.every((one) => isNo(mapping(one)?.privileged));
  return isNo(value) || (Array.isArray(value) && value.length === 0);
};

const short = (value: unknown): string =>
  typeof value === "string" || typeof value === "boolean"
    ? `: ${value}`.slice(0, 80)
    : Array.isArray(value) && value.every((one) => typeof one === "string")
      ? `: ${value.join(", ")}`.slice(0, 80)
      : "";

/** Files beside the compose file: there are none, but for the .env that Dokploy writes. */
const filesThatAreThere = (name: string, service: Mapping, found: Found): void => {
  const path = ["services", name];
  const files = [service.env_file].flat().filter((one) => one !== undefined && one !== null);
  for (const one of files) {
    const file = typeof one === "string" ? one : text(mapping(one)?.path);
    if (posix.normalize(file) !== ".env")
      found.refuse(
        [...path, "env_file"],
        `“${name}” reads ${file || "a file"}, which Dokploy does not have. Its variables are in .env; put these among them.`,
      );
  }
  if (mapping(service.extends)?.file !== undefined)
    found.refuse([...path, "extends"], `“${name}” extends another file, and Dokploy has only this one.`);
};

const labelsOf = (labels: unknown): string[] =>
  Array.isArray(labels) ? labels.map(String) : entries(labels).map(([key]) => key);

const isRoute = (label: string): boolean => /^traefik\.(http|tcp|udp)\./.test(label) || isOpen(label);

interface Around {
  volumes: readonly { name: string }[];
  found: Found;
}

/** One mount in words. */
const mountOf = (name: string, one: unknown, path: Path, { volumes, found }: Around): string => {
  const { type, source, target } =
    readMount(one) ?? found.refuse(path, `“${name}” has a mount that is not understood.`);
  if (type === "tmpfs" || source === "") return `${target}, which goes with the container`;
  if (type !== "volume" && type !== "bind") {
    found.reach(path, `“${name}” mounts a ${type}.`);
    return `${target}: ${type} ${source}`;
  }
  if (type === "volume" && !isOpen(source)) {
    if (!volumes.some((volume) => volume.name === source))
      found.refuse(
        path,
        `“${name}” mounts the volume “${source}”, which the file does not name under “volumes:”.`,
      );
    return `${target} in the volume “${source}”`;
  }
  const inside = posix.normalize(source);
  if (inside.startsWith("../files/") || inside === "../files")
    return `${target} in Dokploy's own folder ${inside}`;
  if (!isOpen(source) && !inside.startsWith("/") && !inside.startsWith("..") && !inside.startsWith("~"))
    found.refuse(
      path,
      `“${name}” mounts ${source} beside the file, a folder that Dokploy empties with each deployment. Name a volume instead, or mount ../files/${inside.replace(/^\.$/, "data")}, which stays.`,
    );
  const says = /docker\.sock$/.test(inside)
    ? `“${name}” commands Docker, and with it the server (${source}).`
    : `“${name}” sees the server's own ${source} at ${target}.`;
  found.reach(path, says);
  return `${target}: the server's own ${source}`;
};

const readMount = (one: unknown): { type: string; source: string; target: string } | null => {
  const long = mapping(one);
  if (long !== null) {
    const type = text(long.type) || "volume";
    return { type, source: text(long.source), target: text(long.target) };
  }
  if (typeof one !== "string" || one === "") return null;
  // A variable may hold a colon of its own: ${DATA:-/srv}:/data
  const parts = one.match(/(?:\$\{[^}]*\}|[^:])+/g) ?? [];
  const [first = "", second] = parts;
  if (second === undefined) return { type: "volume", source: "", target: first };
  const isPath = /^[./~]/.test(first) || isOpen(first);
  return { type: isPath ? "bind" : "volume", source: first, target: second };
};
