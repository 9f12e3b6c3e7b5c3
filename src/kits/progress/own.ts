import { jsonIn } from "./json-line.ts";
import { type ProgressReader, percentDone, type Told } from "./reader.ts";

/**
 * What a script says of itself: `::progress 3/10 files`, `::progress 1048576/4194304 bytes`, `::progress 7 pages`; or a line of JSON, as
 * Cronicle and xyOps read it: {"progress":0.5} (a share), {"progress":{"done":3,"total":10,"what":"files"}}, {"xy":1,"progress":0.5}.
 */
export const own: ProgressReader = {
  read: (line) => {
    const told = markedIn(line) ?? toldInJson(line);
    return told === null ? null : { told, line: "hidden" };
  },
};

const marked = /^::progress (\d{1,15})(?:\/(\d{1,15}))?(?: (.{1,100}))?$/;

const markedIn = (line: string): Told | null => {
  const [, done, total, what = "done"] = marked.exec(line.trimEnd()) ?? [];
  if (done === undefined) return null;
  return {
    ...{ done: Number(done), total: total === undefined ? null : Number(total) },
    ...(what === "bytes" ? { what: "done", unit: "bytes" } : { what }),
  };
};

const toldInJson = (line: string): Told | null => {
  const said = jsonIn(line)?.progress;
  if (typeof said === "number" && said >= 0 && said <= 1) return percentDone(Math.round(said * 100), "done");
  if (typeof said !== "object" || said === null) return null;
  const { done, total = null, what = "done" } = said as Record<string, unknown>;
  if (typeof done !== "number" || !Number.isFinite(done) || typeof what !== "string") return null;
  if (total !== null && !(typeof total === "number" && Number.isFinite(total))) return null;
  return { done, total, what: what.slice(0, 100) };
};
