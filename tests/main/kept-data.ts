import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { createAppRegistry } from "#apps/registry.ts";
import { repairShop } from "../apps/samples.ts";
import { launch, milepost, testFolder } from "./milepost.ts";
import { token } from "./token.ts";

const text = "url\nhttps://example.org/\n";

/** Somebody's data: a connection with its secret, a saved file, an app. The server that made them has ended. */
export const makeData = async (folder: string): Promise<void> => {
  const server = await launch({ MILEPOST_DATA: folder, MILEPOST_API_TOKEN: token }).up;
  const answer = await fetch(new URL("/connections", server.link), {
    method: "POST",
    redirect: "manual",
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({
      kind: "botify",
      name: "Account",
      baseUrl: "http://127.0.0.1:9",
      token: "the-secret-of-the-account",
    }),
  });
  if (answer.status !== 303) throw new Error(await answer.text());
  await server.end("SIGTERM");
  mkdirSync(join(folder, "exports/botify"), { recursive: true });
  writeFileSync(join(folder, "exports/botify/urls.csv"), text);
  const apps = createAppRegistry({ folder: join(folder, "apps"), now: Date.now });
  apps.create(repairShop, "run-1");
  apps.close();
  const db = new Database(join(folder, "milepost.sqlite"));
  db.prepare(
    `INSERT INTO exports (id, provider, connection_id, org, project, analysis, title, query_hash, status, owner_run_id, file_path,
     size_bytes, sha256, created_at, updated_at) VALUES ('e1', 'botify', 'c', 'o', 'p', 'a', 'URLs', 'h', 'ready', 'r', 'botify/urls.csv', ?, ?, 1, 1)`,
  ).run(text.length, createHash("sha256").update(text).digest("hex"));
  db.close();
};

/** A copy of them to break. */
export const copyOf = (data: string): string => {
  const copy = join(testFolder(), "data");
  cpSync(data, copy, { recursive: true });
  // What is copied is no longer for its user only.
  chmodSync(copy, 0o700);
  return copy;
};

export const check = (folder: string, env: Record<string, string> = {}) =>
  milepost(["check"], { MILEPOST_DATA: folder, ...env });
