import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { readCertificate, readDomains } from "./domains.ts";
import { readVolumes } from "./volumes.ts";

/** What few stacks need, folded away in the form. */

const orNull = (typed: string): string | null => (typed === "" ? null : typed);

export const kept = group("Volumes: what outlives an update", [
  text("volumes", "Volumes", {
    multiline: true,
    placeholder: "/workspace",
    help: "One folder per line; what the container writes elsewhere is lost with each update. “name:/folder” takes that Docker volume. Empty: the connection's folder to keep, and what an existing stack has.",
    read: (typed) => (typed === "" ? null : readVolumes(typed)),
  }),
]);

export const domains = group("More domains and certificates", [
  text("certificate", "Certificate of the stack's own host", {
    placeholder: "letsencrypt",
    help: "Empty: Let's Encrypt. “traefik”: one that Traefik has been given, such as one for all names of a domain. Any other word: a certificate resolver of that name in Traefik.",
    read: readCertificate,
  }),
  text("moreDomains", "More domains", {
    multiline: true,
    placeholder: "shop.example.org port=3000 certificate=cloudflare",
    help: "One host per line; behind it, where wanted, /path, port=, certificate=, and http or https, which is as for the stack's own host unless told.",
    read: readDomains,
  }),
]);

export const registry = group("Private registry", [
  text("registryUser", "User", {
    autocomplete: "off",
    help: "Empty: what an existing stack has stays. Dokploy keeps user and password with the application.",
  }),
  secret("registryPassword", "Password or token", { tells: (typed) => typed !== "" }),
  text("registryUrl", "Address", { placeholder: "ghcr.io", help: "Empty: as in the image's name." }),
]);

export const size = group("Size, command and place", [
  number("replicas", "Containers", { min: 1, max: 100 }),
  number("memoryMb", "Memory of each at most", { min: 16, max: 1_048_576, unit: "MB" }),
  text("command", "Command", { help: "In place of the image's own.", longest: 2_000, read: orNull }),
  text("environment", "Environment", {
    placeholder: "production",
    help: "Is created when the project has none of that name. Empty: the project's default one.",
    read: orNull,
  }),
  text("server", "Server", { help: "As it is called in Dokploy. Empty: Dokploy's own.", read: orNull }),
]);

const readPath = (path: string): string => {
  if (/^\/[\x21-\x7e]*$/.test(path) && !path.startsWith("//")) return path;
  throw wrong("healthPath", "The path of the health check must begin with a slash, like /healthz");
};

export const health = group("Port and health check", [
  number("port", "Container port", { help: "Empty: the connection's.", min: 1, max: 65_535 }),
  checkbox("loginIsHealthy", "A page that asks for a login (401, 403) is healthy"),
  text("healthPath", "Path of the health check", { preset: "/", read: readPath }),
  number("healthEvery", "Look every", { preset: 5, min: 0.01, max: 300, unit: "s", fractions: true }),
  number("healthTimeout", "Give up after", { preset: 60, min: 0.01, max: 3_600, unit: "s", fractions: true }),
]);
