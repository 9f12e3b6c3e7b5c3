import { expect, test } from "vitest";
import { readComposeFile } from "#workflows/deploy-compose/compose-file.ts";
import { composeVariableNames, unmatched } from "#workflows/deploy-compose/compose-variables.ts";

const web = "services:\n  web:\n    image: nginx:1.27\n";
const reaches = (text: string) => readComposeFile(text).reaches.map(({ line, says }) => `${line}: ${says}`);

test.each([
  ["privileged: true", "may do everything on the server"],
  [`privileged: \${P}`, "may do everything on the server"],
  ["network_mode: host", "shares a network"],
  ["network_mode: container:other", "shares a network"],
  ["pid: host", "sees the processes of others"],
  ["ipc: host", "shares memory"],
  ["userns_mode: host", "shares users"],
  ["cap_add: [SYS_ADMIN]", "has rights beyond those of a container (cap_add: SYS_ADMIN)"],
  ["devices: ['/dev/sda:/dev/sda']", "uses devices of the server"],
  ["security_opt: ['seccomp:unconfined']", "weakens what separates it"],
  ["use_api_socket: true", "commands Docker"],
  ["provider: {type: x}", "runs a program of the server"],
  ["volumes_from: ['container:other']", "sees the folders of another container"],
  ["unheard_of: 1", "has “unheard_of”, which Milepost does not know"],
  ["volumes: ['/etc:/host:ro']", "sees the server's own /etc at /host"],
  ["volumes: ['../../../etc:/x']", "sees the server's own ../../../etc at /x"],
  ["volumes: ['~/.ssh:/x']", "sees the server's own ~/.ssh"],
  [`volumes: ['\${DATA:-/srv}:/data']`, `sees the server's own \${DATA:-/srv} at /data`],
  ["volumes: ['/run/docker.sock:/var/run/docker.sock']", "commands Docker"],
  ["volumes: [{type: bind, source: /, target: /host}]", "sees the server's own / at /host"],
  ["ports: ['5432:5432']", "is reached at port 5432 of the server by everybody"],
  ["ports: [{target: 80, published: 8081}]", "is reached at port 8081"],
  ["labels: ['traefik.http.routers.x.rule=Host(`a.example.org`)']", "has routes of its own"],
  ["deploy: {labels: {traefik.http.routers.x.rule: a}}", "has routes of its own"],
  ["deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", "uses devices"],
  ["post_start: [{command: x, privileged: true}]", "post_start"],
])("a service with “%s” is told with its line", (line, says) => {
  expect(reaches(`${web}    ${line}\n`)).toEqual([expect.stringMatching(/^[4]: /)]);
  expect(reaches(`${web}    ${line}\n`)[0]).toContain(says);
});

test.each([
  "privileged: false",
  "network_mode: none",
  "security_opt: [no-new-privileges:true]",
  "ports: ['127.0.0.1:5432:5432']",
  "volumes: ['../files/x:/x', '/cache']",
  "tmpfs: /tmp",
  "env_file: .env",
  "labels: {com.example: a}",
  "restart: unless-stopped",
  "x-note: {privileged: true}",
])("a service with “%s” reaches nothing", (line) => {
  expect(reaches(`${web}    ${line}\n`)).toEqual([]);
});

test.each([
  ["", /needs|no “services:”/],
  ["hello", /no “services:”/],
  ["services: {}", /Line 1: the file has no service/],
  ["services:\n  web: {}\n", /Line 2: “web” has no image/],
  ["services:\n  web:\n    build: .\n", /Line 3: “web” is to be built/],
  ["services:\n  web:\n    image: [\n", /^Line \d is no YAML/],
  ["services:\n  web:\n    image: a\n    image: b\n", /^Line 4 is no YAML: .*unique/],
  [`${web}---\nservices: {}\n`, /^Line \d is no YAML/],
  [`${web}    volumes: ['./data:/data']\n`, /Line 4: “web” mounts \.\/data beside the file/],
  [`${web}    volumes: ['data:/data']\n`, /Line 4: .*does not name under “volumes:”/],
  [`${web}    networks: [back]\n`, /does not name under “networks:”/],
  [`${web}    ports: ['80:80']\n`, /Line 4: .*port 80 of the server, which belongs to Dokploy's router/],
  [`${web}    ports: ['0.0.0.0:400-500:400-500/tcp']\n`, /port 443/],
  [`${web}    env_file: [secrets.env]\n`, /reads secrets\.env, which Dokploy does not have/],
  [`${web}    extends: {file: base.yml, service: web}\n`, /extends another file/],
  [`include: [other.yml]\n${web}`, /Line 1: the file includes others/],
  [`${web}secrets: {pw: {file: ./pw.txt}}\n`, /which Dokploy does not have/],
])("a file that cannot go is refused with the reason: %j", (text, says) => {
  expect(() => readComposeFile(text)).toThrow(
    expect.objectContaining({
      code: "bad-input",
      field: "composeFile",
      message: expect.stringMatching(says),
    }),
  );
});

test("a volume or network that is only another word for the server's own is told too, and so is what a merge brings", () => {
  const text = `x-all: &all\n  privileged: true\n${web}    <<: *all\n    volumes: ['v:/v']\nvolumes:\n  v:\n    driver_opts: {type: none, o: bind, device: /etc}\nnetworks:\n  n: {name: other-stack, external: true}\n  dokploy-network: {external: true}\n`;
  expect(reaches(text)).toEqual([
    "9: The volume “v” has options of its own, by which it can be any folder of the server.",
    "12: The network “other-stack” is one of the server's own, in which other stacks may be.",
    "4: “web” may do everything on the server (privileged: true).",
  ]);
});

test("what a file would make is read from it: services, containers, ports, volumes, profiles and where it listens", () => {
  const file = readComposeFile(
    `${web}    expose: ["8080"]\n    deploy: {replicas: 2}\n    volumes: ['data:/data:ro']\n  seed:\n    image: alpine\n    profiles: [setup]\nvolumes: {data: {}}\n`,
  );
  expect(file).toMatchObject({
    volumes: ["data"],
    services: [
      {
        name: "web",
        image: "nginx:1.27",
        containers: 2,
        listens: [8080],
        mounts: ["/data in the volume “data”"],
      },
      { name: "seed", dormant: true, mayEnd: true },
    ],
  });
  expect(file.notes.join(" ")).toMatch(
    /“seed” has the image alpine.*is not pulled again.*“seed” belongs to a profile/,
  );
});

test("variables that a file reads and those that are set are compared in both directions", () => {
  const file = readComposeFile(
    `${web}    command: run \${A} \${B:-x} $C $$D \${E:?needed}\n    environment: [F, G=1]\n`,
  );
  expect(file.reads.filter(({ needed }) => needed).map(({ name }) => name)).toEqual(["A", "C", "E", "F"]);
  expect(unmatched(file, { set: ["A", "Z"], there: ["C", "E"] })).toEqual([
    "The file reads F, which no variable sets: it will be empty.",
    `The file names Z nowhere, so no container gets it. \${Z} in it would.`,
  ]);
});

test.each([
  ["A=a$b", "holds \\$"],
  ['A="one\ntwo"', "has several lines"],
  ["A=a #b", "holds a space before #"],
])("a variable that Docker Compose would change is refused by its name: %j", (text, why) => {
  expect(() => composeVariableNames(text)).toThrow(new RegExp(`^The value of A ${why}`));
});

test("a variable that Docker Compose reads as it is written is taken", () => {
  expect(composeVariableNames("A=abc#def\nB=a\"b'c\nC=back\\slash\nD=postgres://u:p@db/x?y=z&w")).toEqual([
    "A",
    "B",
    "C",
    "D",
  ]);
});

test.each([
  ["nested without end", "[".repeat(29_000)],
  ["nested maps", "{a: ".repeat(7_000)],
  [
    "growing by reference",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f", "g", "h"].map((key, at) => `${key}: &${key} [${`*${"abcdefg"[at]},`.repeat(9)}]`).join("\n")}\n${web}`,
  ],
  ["many keys", `services:\n${Array.from({ length: 1_500 }, (_, at) => ` s${at}: {image: a}\n`).join("")}`],
])("a file that is %s is read or refused in bounded time", (_, text) => {
  const timed = (work: () => void) => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const ordinary = `${web}    command: ${JSON.stringify("x ".repeat(10_000))}\n${"# remark\n".repeat(1_000)}`;
  const one = timed(() => {
    for (let times = 0; times < 20; times++) readComposeFile(ordinary);
  });
  const hostile = timed(() => {
    try {
      readComposeFile(text);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "bad-input" });
    }
  });
  expect(hostile / one).toBeLessThan(100);
});
