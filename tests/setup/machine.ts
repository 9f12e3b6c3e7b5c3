import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";

/** What the tests need beyond npm. Each is a Debian package and the program that it brings. */
const needs = [
  { pkg: "chromium", program: "/usr/bin/chromium", why: "the browser tests" },
  { pkg: "openssh-server", program: "/usr/sbin/sshd", why: "the tests against a real SSH server" },
  { pkg: "fish", program: "/usr/bin/fish", why: "the tests behind other login shells" },
  { pkg: "tcsh", program: "/usr/bin/tcsh", why: "the tests behind other login shells" },
  { pkg: "nginx-light", program: "/usr/sbin/nginx", why: "the tests behind a proxy" },
  { pkg: "caddy", program: "/usr/bin/caddy", why: "the tests behind another proxy" },
  { pkg: "postgresql", program: "/usr/bin/pg_lsclusters", why: "the tests on the other database" },
  { pkg: "pgbouncer", program: "/usr/sbin/pgbouncer", why: "the tests behind a pooler" },
  { pkg: "systemd", program: "/usr/bin/systemd-analyze", why: "the check of the service's unit" },
] as const;

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(command, [...args], { stdio: ["ignore", "inherit", "inherit"], env }).status === 0;

const root = userInfo().uid === 0;
const sudo = !root && spawnSync("sudo", ["-n", "true"]).status === 0;

if (!root && !sudo) {
  console.error(
    "The tests mount a small disk to fill it up, which needs to be root or sudo without a password.",
  );
  console.error("They never skip in silence, so please run them so, in a container for example.");
  process.exit(1);
}

const missing = needs.filter(({ program }) => !existsSync(program));
if (missing.length > 0) {
  const packages = missing.map(({ pkg }) => pkg);
  const install = (args: readonly string[]) =>
    root
      ? run("apt-get", args, { ...process.env, DEBIAN_FRONTEND: "noninteractive" })
      : run("sudo", ["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args]);
  console.log(`Installing what the tests need: ${packages.join(", ")}`);
  const done =
    existsSync("/usr/bin/apt-get") &&
    install(["update", "-q"]) &&
    install(["install", "-y", "-q", "--no-install-recommends", ...packages]) &&
    missing.every(({ program }) => existsSync(program));
  if (!done) {
    console.error("The tests cannot run on this machine yet. They never skip in silence, so please install:");
    for (const { pkg, program, why } of missing) console.error(`  ${pkg} (${program}), for ${why}`);
    console.error(`On Debian or Ubuntu: sudo apt-get install ${packages.join(" ")}`);
    process.exit(1);
  }
}
