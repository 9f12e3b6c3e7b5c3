import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { Parser } from "htmlparser2";
import { expect, test } from "vitest";
import { readConfig } from "#main/config.ts";
import { root } from "../main/milepost.ts";

const deploy = (name: string) => readFileSync(join(root, "deploy", name), "utf8");

/** The instructions of each stage of a Dockerfile: ["COPY", "bin bin"]. */
const stages = deploy("Dockerfile")
  .split("\n")
  .filter((line) => /^[A-Z]/.test(line))
  .map((line): [string, string] => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)])
  .reduce<[string, string][][]>((all, one) => {
    if (one[0] === "FROM") all.push([]);
    all.at(-1)?.push(one);
    return all;
  }, []);
const [build = [], image = []] = stages;

test("the image is given everything that the package has, and all that it is given is there", () => {
  const copied = build
    .filter(([name]) => name === "COPY")
    .flatMap(([, what]) => what.split(" ").slice(0, -1));
  for (const path of copied) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  for (const path of files.filter((one) => one !== "deploy"))
    expect([path, copied.some((one) => path === one || path.startsWith(`${one}/`))]).toEqual([path, true]);
});

test("the Dockerfile has nothing that a linter of Dockerfiles finds wrong, and the linter finds what is", () => {
  const found = (text: string) => validate(text).map(({ message }) => message);
  expect(found(deploy("Dockerfile"))).toEqual([]);
  expect(found(deploy("Dockerfile").replace("EXPOSE 3000", "EXPOSE web"))).toHaveLength(1);
});

test("the image runs as a user without rights, is looked after, and hands signals to Milepost itself", () => {
  const last = (name: string) => image.findLast(([one]) => one === name)?.[1];
  expect(last("USER")).toBe("node");
  expect(JSON.parse(last("ENTRYPOINT") ?? "")).toEqual(["milepost"]);
  expect(JSON.parse(last("CMD") ?? "")).toEqual(["serve"]);
  expect(last("HEALTHCHECK")).toContain("/healthz");
  const env = Object.fromEntries((last("ENV") ?? "").split(" ").map((one) => one.split("=")));
  expect(readConfig(env)).toMatchObject({
    host: "0.0.0.0",
    port: Number(last("EXPOSE")),
    dataDir: last("VOLUME"),
  });
});

test("the compose file keeps the root read-only, takes all rights away, and opens a port to this machine only", () => {
  const lines = deploy("compose.yaml").split("\n");
  const below = (name: string) => {
    const at = lines.indexOf(`    ${name}:`);
    const end = lines.findIndex((line, index) => index > at && !line.startsWith("      "));
    return lines.slice(at + 1, end).map((line) => line.trim());
  };
  expect(lines).toEqual(expect.arrayContaining(["    read_only: true", "    init: true"]));
  expect(below("cap_drop")).toEqual(["- ALL"]);
  expect(below("security_opt")).toEqual(["- no-new-privileges:true"]);
  expect(below("ports")).toEqual(['- "127.0.0.1:3000:3000"']);
  expect(below("volumes")).toEqual(["- data:/data"]);
  const [context, dockerfile] = below("build").map((line) => line.split(": ")[1] ?? "");
  expect(existsSync(join(root, "deploy", context ?? "", dockerfile ?? ""))).toBe(true);
  // As compose fills them in where nothing is set.
  const unset = Object.fromEntries(below("environment").map((line) => [line.split(":")[0], ""]));
  expect(Object.keys(unset)).toContain("MILEPOST_URL");
  expect(readConfig(unset)).toMatchObject({ publicUrls: [], apiToken: null });
});

test("the agent of launchd is well-formed and runs milepost serve", () => {
  const open: string[] = [];
  const strings: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name) => void open.push(name),
      ontext: (text) => void (open.at(-1) === "string" && strings.push(text)),
      onclosetag: (name, implied) => {
        expect(implied && name !== "true" && name !== "false").toBe(false);
        expect(open.pop()).toBe(name);
      },
    },
    { xmlMode: true },
  );
  parser.end(deploy("milepost.plist"));
  expect(open).toEqual([]);
  expect(strings).toEqual(expect.arrayContaining(["/opt/milepost/bin/milepost", "serve"]));
});
