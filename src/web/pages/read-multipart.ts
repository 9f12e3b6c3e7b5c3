import { pipeline, Readable, Transform } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import busboy from "busboy";
import { AppError } from "#core/errors.ts";

/** Keeps one file of a form, and gives the text that stands for it. */
export type KeepFile = (called: string, file: Readable) => Promise<string>;

const mostTextBytes = 1024 * 1024;
/** Texts as bytes, with the heads of all parts. */
const mostBesidesBytes = 5 * mostTextBytes;
/** More than any form of ours asks for. */
const mostFiles = 20;

/** The fields of a form that may have files in it, each file kept as it comes. Throws AppError("too-large", "bad-input"), and what `keep` throws. */
export const readMultipart = async (
  request: Request,
  mostFields: number,
  keep: KeepFile,
): Promise<Record<string, string[]>> => {
  const body: Record<string, string[]> = {};
  const kept: Promise<void>[] = [];
  const chosen = new Set<string>();
  const put = (name: string, text: string) => {
    body[name] = [...(Object.hasOwn(body, name) ? (body[name] ?? []) : []), text];
  };
  const parser = parserFor(request, mostFields);
  const read = Promise.withResolvers<void>();
  let texts = 0;
  /** Bytes that are in no file. */
  let besides = 0;
  const stop = (error: Error) => {
    read.reject(error);
    source.destroy();
  };
  parser
    .on("field", (name, text, { valueTruncated }) => {
      texts += text.length + name.length;
      if (valueTruncated || texts > mostTextBytes) stop(tooMuch());
      else put(name, text);
    })
    .on("file", (name, file, { filename }) => {
      // Nothing was chosen.
      if (!filename) return void file.resume();
      const counted = counter((bytes) => {
        besides -= bytes;
      });
      const keeping = keep(
        filename,
        pipeline(file, counted, () => undefined),
      ).then((text) => {
        // They take the place of those that were kept before.
        const before = chosen.has(name) ? (body[name] ?? []) : [];
        chosen.add(name);
        body[name] = [...before, text];
      });
      keeping.catch(stop);
      kept.push(keeping);
    })
    .on("fieldsLimit", () => stop(tooMuch()))
    .on("filesLimit", () => stop(tooMuch()))
    .on("error", (cause) => stop(damaged(cause)))
    .on("close", () => read.resolve());
  const source = Readable.fromWeb((request.body ?? new Blob([]).stream()) as ReadableStream);
  source.on("error", (error) => read.reject(error));
  // The parser tells of a field only at its end, which may never come.
  source.on("data", ({ length }: Buffer) => {
    besides += length;
    if (besides > mostBesidesBytes) stop(tooMuch());
  });
  source.pipe(parser);
  await read.promise;
  await Promise.all(kept);
  return body;
};

const counter = (count: (bytes: number) => void): Transform =>
  new Transform({
    transform: (piece: Buffer, _, passOn) => {
      count(piece.length);
      passOn(null, piece);
    },
  });

const parserFor = ({ headers }: Request, fields: number) => {
  try {
    return busboy({
      headers: Object.fromEntries(headers),
      defParamCharset: "utf8",
      limits: { fields, fieldSize: mostTextBytes, files: mostFiles },
    });
  } catch (cause) {
    // One that does not say where its parts begin.
    throw damaged(cause);
  }
};

const damaged = (cause: unknown) =>
  new AppError("bad-input", "This form arrived damaged, so nothing was done. Send it again.", { cause });

const tooMuch = () =>
  new AppError(
    "too-large",
    "This form has more fields, files or text in them than any of Milepost's, so nothing was done.",
  );
