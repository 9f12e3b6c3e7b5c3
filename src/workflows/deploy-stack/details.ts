import { number, secret, text } from "#core/field-kinds.ts";
import { group } from "#core/fields.ts";
import { environment, server } from "#stacks/fields.ts";
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
  environment,
  server,
]);
