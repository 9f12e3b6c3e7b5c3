import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../free-port.ts";
import { root, started, testFolder } from "../main/milepost.ts";
import { token } from "../main/token.ts";

const deploy = (name: string) => readFileSync(join(root, "deploy", name), "utf8");

test("the unit of systemd is one that systemd takes", () => {
  const unit = join(testFolder(), "milepost.service");
  writeFileSync(unit, deploy("milepost.service").replaceAll("/opt/milepost/", root));
  expect(execFileSync("systemd-analyze", ["verify", unit], { encoding: "utf8" })).toBe("");
});

test("a user without rights serves from a disk that may only be read, as in the unit and the image", async () => {
  const home = testFolder();
  chownSync(home, 65_534, 65_534);
  // Where everybody may look, which a folder of root's need not be.
  const place = "/mnt/milepost";
  const readOnly = [
    "mount -t tmpfs none /mnt",
    `mkdir ${place}`,
    `mount --bind "${root}" ${place}`,
    `mount -o remount,ro,bind ${place}`,
    `export PATH="${place}/node_modules/node-linux-${process.arch}/bin:$PATH"`,
    `exec setpriv --reuid=65534 --regid=65534 --clear-groups ${place}/bin/milepost serve`,
  ].join(" && ");
  const server = await started({ MILEPOST_DATA: join(home, "data"), HOME: "/nonexistent" }, [
    "unshare",
    "--mount",
    "sh",
    "-c",
    readOnly,
  ]);
  expect((await fetch(new URL("/readyz", server.link))).status).toBe(200);
  expect(server.said()).not.toContain("from its sources");
  await server.end("SIGTERM");
});

interface Proxy {
  command: readonly string[];
  env?: Record<string, string>;
}

interface Place {
  folder: string;
  /** Where Milepost listens. */
  port: number;
  publicPort: number;
  path: string;
  key: string;
  cert: string;
}

/** nginx by the block of deploy/, below this path, with the names of apps. */
const nginx = ({ folder, port, publicPort, path, key, cert }: Place): Proxy => {
  const block = deploy("nginx.conf")
    .replace("listen 443 ssl;", `listen 127.0.0.1:${publicPort} ssl;`)
    .replace(/.*listen \[::\].*\n/, "")
    .replace(/\/etc\/letsencrypt\S+privkey\.pem/, key)
    .replace(/\/etc\/letsencrypt\S+fullchain\.pem/, cert)
    .replace(/.*server_name milepost.example.org;\n/, "")
    .replace("# server_name", "server_name")
    .replace("127.0.0.1:3000", `127.0.0.1:${port}`)
    .replace("location / {", `location ${path} {`);
  mkdirSync(join(folder, "logs"));
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${block} }`,
  );
  return { command: ["nginx", "-p", folder, "-c", file] };
};

/** Caddy by the blocks that stand in the one of deploy/ as comments, for the names of apps and below a path, with a certificate of ours. */
const caddy = ({ folder, port, publicPort, path, key, cert }: Place): Proxy => {
  const [, withApps = "", below = ""] = deploy("Caddyfile").split(/^(?=# (?:A host name|Below a path))/m);
  const names = ["milepost.example.org", "*.apps.milepost.example.org"];
  const block = (path === "/" ? withApps : below)
    .replace(/^(#.+\n)+#\n/, "")
    .replaceAll(/^# ?/gm, "")
    .replace(
      /^(\S+, )?\S+ \{/m,
      `${names.map((name) => `https://${name}:${publicPort}`).join(", ")} {\n\ttls ${cert} ${key}\n\tbind 127.0.0.1`,
    )
    .replace("127.0.0.1:3000", `127.0.0.1:${port}`);
  const file = join(folder, "Caddyfile");
  writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${block}`);
  return { command: ["caddy", "run", "--adapter", "caddyfile", "--config", file], env: { HOME: folder } };
};

/** Milepost behind a proxy with TLS, below this path. */
const behind = async (proxy: (place: Place) => Proxy, path: string) => {
  const folder = testFolder();
  const [port, publicPort] = [await freePort(), await freePort()];
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = [
    "-subj",
    "/CN=milepost.example.org",
    "-addext",
    "subjectAltName=DNS:milepost.example.org,DNS:*.apps.milepost.example.org",
  ];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"].concat(
      ["-keyout", key, "-out", cert],
      subject,
    ),
    { stdio: "ignore" },
  );
  const url = `https://milepost.example.org:${publicPort}${path}`;
  const server = await started({
    PORT: String(port),
    MILEPOST_DATA: join(folder, "data"),
    MILEPOST_API_TOKEN: token,
    MILEPOST_URL: url,
    MILEPOST_APPS_HOST: `https://apps.milepost.example.org:${publicPort}`,
  });
  const { command, env } = proxy({ folder, port, publicPort, path, key, cert });
  const [name = "", ...args] = command;
  const front = spawn(name, args, { stdio: "ignore", env: { ...process.env, ...env } });
  onTestFinished(async () => {
    if (front.exitCode !== null) return;
    front.kill();
    await once(front, "exit");
  });
  const ca = readFileSync(cert);
  // As a device would whose name server knows the name.
  const lookup: LookupFunction = (_, how, done) =>
    how.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const options = { ca, lookup } as const;
  const get = (to: URL | string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, string[] | string | undefined>; first: string }>(
      (resolve, reject) => {
        const asked = request(new URL(to, url), { ...options, headers, agent: false }, (answer) => {
          answer.setEncoding("utf8").once("data", (first: string) => {
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, first });
            asked.destroy();
          });
          answer.once("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, first: "" }),
          );
        });
        asked.once("error", reject).end();
      },
    );
  await expect
    .poll(() =>
      get("healthz").then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  return { url, link: server.link, get, options };
};

test.each([
  ["nginx", "/", nginx],
  ["nginx", "/milepost/", nginx],
  ["Caddy", "/", caddy],
  ["Caddy", "/milepost/", caddy],
])(
  "behind %s at %s a browser signs in over TLS, an event comes at once, a WebSocket opens, and apps have names of their own",
  async (_, path, proxy) => {
    const { url, link, get, options } = await behind(proxy, path);
    expect(link.href).toContain(`${url}sign-in?token=`);
    const signedIn = await new Promise<IncomingMessage>((resolve, reject) => {
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const post = request(
        new URL(link.pathname, url),
        { ...options, method: "POST", headers: form },
        resolve,
      );
      post.on("error", reject).end(link.searchParams.toString());
    });
    expect([signedIn.statusCode, signedIn.headers.location]).toEqual([303, path]);
    const cookie = String(signedIn.headers["set-cookie"]);
    expect(cookie).toMatch(path === "/" ? /^__Host-milepost/ : /^__Secure-milepost/);
    expect(cookie).toMatch(new RegExp(`Path=${path};.*Secure|Secure.*Path=${path}(;|$)`));
    const home = await get("", { cookie: cookie.split(";")[0] ?? "" });
    expect([home.status, home.first.includes("proxy_set_header")]).toEqual([200, false]);

    const auth = { authorization: `Bearer ${token}` };
    const created = await new Promise<string>((resolve, reject) => {
      const post = request(
        new URL("api/workflows/generate-app/runs", url),
        { ...options, method: "POST", headers: { ...auth, "content-type": "application/json" } },
        (answer) => {
          answer.resume();
          resolve(String(answer.headers.location));
        },
      );
      post.once("error", reject).end(JSON.stringify({ values: { description: "A list of books (title)" } }));
    });
    const events = await get(`${created}/events`, auth);
    expect([events.status, events.headers["content-type"]]).toEqual([
      200,
      expect.stringContaining("event-stream"),
    ]);
    expect(events.first).toMatch(/^(id|event|data|:|retry)/);

    const socket = new WebSocket(new URL("ws/runs", url.replace("https", "wss")), {
      ...options,
      headers: auth,
    });
    await once(socket, "open");
    socket.terminate();

    // Whoever is not in at an app's own name is sent to Milepost's, to be handed over.
    const app = new URL(`${path}apps/shop/`, url.replace("milepost.", "shop.apps.milepost."));
    const entrance = await get(app, { accept: "text/html" });
    expect([entrance.status, entrance.headers.location]).toEqual([
      302,
      `${url}enter-app/shop?to=${encodeURIComponent(`${path}apps/shop/`)}`,
    ]);
  },
);
