import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../views/browser.ts";

// The pictures of the README, of a real run on a real server: node --import tsx tests/docs/take-pictures.ts
const root = fileURLToPath(new URL("../../", import.meta.url));
const data = await mkdtemp(join(tmpdir(), "milepost-pictures-"));
const token = "a-token-for-taking-the-pictures-only";
const server = spawn(process.execPath, [join(root, "bin/milepost"), "serve"], {
  env: { ...process.env, PORT: "0", MILEPOST_DATA: data, MILEPOST_API_TOKEN: token },
  stdio: ["ignore", "pipe", "inherit"],
});

const linkOf = (): Promise<URL> =>
  new Promise((resolve) => {
    let said = "";
    server.stdout.on("data", (part: Buffer) => {
      said += part;
      const found = /http:\S+\/sign-in\?token=\S+(?=\n)/.exec(said);
      if (found !== null) resolve(new URL(found[0]));
    });
  });

const link = await linkOf();
const browser = await launchBrowser();
try {
  const deploy = async (name: string, more = {}) => {
    const answer = await fetch(new URL("/api/workflows/deploy-stack/runs", link), {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
      body: JSON.stringify({ values: { name, image: "milepost/slow-start" } }),
    });
    return (await answer.json()) as { id: string };
  };
  // The second run has a past to tell its time by.
  await deploy("blog", { prefer: "wait=60" });
  const page = await browser.newPage({ reducedMotion: "reduce", viewport: { width: 1200, height: 980 } });
  await page.goto(new URL("/sign-in", link).href);
  await page.locator('input[name="token"]').fill(token);
  await page.locator('input[name="token"]').press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  const { id } = await deploy("shop");
  await page.goto(new URL(`/runs/${id}`, link).href);
  await page.getByText("Pulling fs layer").first().waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(root, `docs/run-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  server.kill();
  await once(server, "exit");
  await rm(data, { recursive: true, force: true });
}
