import { createServer } from "node:http";
import type { Image } from "./images.ts";

/** What a container is started with: only the names of its variables, because it has no use for their values. */
export interface ContainerStart {
  appName: string;
  image: string;
  behaviour: Image["behaviour"];
  slowStartMs: number;
  /** After so long a container that is not healthy is ended by Docker. */
  monitorMs: number;
  envNames: string[];
}

const start: ContainerStart = JSON.parse(process.argv[2] ?? "{}");

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = ({ appName, image, envNames }: ContainerStart): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(appName)}</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
  body { max-width: 36rem; margin: 10vh auto; padding: 0 1rem }
</style>
<h1>It runs</h1>
<p>This is <strong>${escaped(appName)}</strong>, a container of <code>${escaped(image)}</code>.</p>
<h2>Environment variables</h2>
${
  envNames.length === 0
    ? "<p>None were set.</p>"
    : `<ul>${envNames.map((name) => `<li><code>${escaped(name)}</code></li>`).join("")}</ul>`
}
</html>
`;

const say = (line: string) => process.stdout.write(`${line}\n`);

const serve = (status: number, body: string) => {
  const server = createServer((request, response) => {
    say(`${request.method} ${request.url} ${status}`);
    response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(body);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the container has no port");
    say("listening");
    process.send?.({ port: address.port });
  });
};

// A server that was killed cannot end its containers, so they go by themselves.
process.on("disconnect", () => process.exit());

switch (start.behaviour) {
  case "answers":
    serve(200, page(start));
    break;
  case "starts-slowly":
    say("warming up");
    setTimeout(() => serve(200, page(start)), start.slowStartMs);
    break;
  case "never-healthy":
    serve(503, "<!doctype html><title>Not ready</title><p>Not ready</p>");
    break;
  case "errs":
    serve(500, "<!doctype html><title>It broke</title><p>It broke</p>");
    break;
  case "unhealthy":
    serve(200, page(start));
    // As Docker ends a container whose HEALTHCHECK failed too often.
    setTimeout(() => {
      say("health check: /healthz does not answer");
      process.exitCode = 143;
      process.exit();
    }, start.monitorMs / 2);
    break;
  case "crashes":
    say("cannot read the configuration");
    process.exitCode = 1;
    process.disconnect?.();
    break;
  default:
    start.behaviour satisfies never;
}
