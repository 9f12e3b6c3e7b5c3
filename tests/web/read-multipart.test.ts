import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { readMultipart } from "#web/pages/read-multipart.ts";

const part = (head: string, body: string) =>
  `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
const kept = async (called: string, file: Parameters<typeof text>[0]) => `${called}: ${await text(file)}`;
const read = (body: string | ReadableStream, type = "multipart/form-data; boundary=x") =>
  readMultipart(
    new Request("http://localhost/", {
      ...{ method: "POST", body, headers: { "Content-Type": type } },
      duplex: "half",
    } as RequestInit),
    100,
    kept,
  );
/** The beginning of a body, and then the same without end, of which is counted how much was taken. */
const endless = (beginning: string, more: string) => {
  const taken = { bytes: 0 };
  const bytes = new TextEncoder().encode(more);
  const body = new ReadableStream({
    start: (out) => out.enqueue(new TextEncoder().encode(beginning)),
    pull: async (out) => {
      await nextTurn();
      taken.bytes += bytes.length;
      out.enqueue(bytes);
    },
  });
  return { body, taken };
};

test("files are kept as they come, and texts stand beside them", async () => {
  const body = `${part('name="a"', "1")}${part('name="f"; filename="b.csv"', "x,y")}--x--\r\n`;
  expect(await read(body)).toEqual({ a: ["1"], f: ["b.csv: x,y"] });
});

test("a file may be larger than all else in a form", async () => {
  const pieces = Array.from({ length: 400 }, () => "x".repeat(50_000));
  const all = [part('name="f"; filename="b.csv"', "").trimEnd(), "\r\n\r\n", ...pieces, "\r\n--x--\r\n"];
  const { f = [] } = await read(ReadableStream.from(all.map((piece) => Buffer.from(piece))));
  expect(f[0]?.length).toBe(20_000_000 + "b.csv: ".length);
});

test.each([
  ["files", part('name="f"; filename="b"', "x"), part('name="f"; filename="b"', "x".repeat(60_000))],
  [
    "a file without a name",
    '--x\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n',
    "x".repeat(60_000),
  ],
  ["fields", "", part('name="a"', "x".repeat(60_000))],
])("a form of %s without end is refused, and no more of it is taken", async (_, beginning, more) => {
  const { body, taken } = endless(beginning, more);
  await expect(read(body)).rejects.toMatchObject({ code: "too-large" });
  expect(taken.bytes).toBeLessThan(10_000_000);
});

test.each(["multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x"])(
  "what says it is %s and is no form was damaged on its way",
  async (type) => {
    await expect(read("x", type)).rejects.toMatchObject({ code: "bad-input" });
  },
);
