import { beforeAll, expect, test } from "vitest";
import type { Place } from "./assumed.ts";
import { type Account, readOnly, replay, replayExport } from "./replay.ts";

// Against an account of yours: npm run test:botify. It reads, and orders an export of one row only when told so.
const {
  BOTIFY_API: api = "https://api.botify.com/v1",
  BOTIFY_TOKEN: token = "",
  BOTIFY_PROJECT: named = "",
  BOTIFY_ORDER: order = "",
} = process.env;

const account: Account = { api: `${api.replace(/\/+$/, "")}/`, token };
const [org = "", project = ""] = named.split("/");
const place: Place = { org, project, analysis: "", job: "" };

beforeAll(async () => {
  if (token === "" || org === "" || project === "")
    throw new Error(
      "Say whose account it is: BOTIFY_TOKEN=… BOTIFY_PROJECT=organisation/project npm run test:botify. BOTIFY_ORDER=yes also orders an export of one row, which costs one credit.",
    );
  const pair = readOnly.find(({ name }) => name === "the crawls of a project");
  if (pair === undefined) throw new Error("no pair for crawls");
  const { body, differs } = await replay(account, pair, place);
  const crawls = (body as { results?: { slug: string; status?: string }[] } | undefined)?.results ?? [];
  place.analysis = crawls.find(({ status }) => status === "success")?.slug ?? "";
  if (place.analysis === "") throw new Error(`No finished crawl of ${named}. ${differs.join("; ")}`);
});

test.each(readOnly.map((pair) => [pair.name, pair] as const))("%s is as we assume", async (_, pair) => {
  expect((await replay(account, pair, place)).differs).toEqual([]);
});

test.runIf(order === "yes")("an export of one row is as we assume, from the order to the file", async () => {
  expect(await replayExport(account, place, 5_000)).toEqual([]);
});
