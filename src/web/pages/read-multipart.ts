import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import busboy from "busboy";
import { AppError } from "#core/errors.ts";

/** Keeps one file of a form, and gives the text that stands for it. */
export type KeepFile = (called: string, file: Readable) => Promise<string>;

const mostTextBytes = 1024 * 1024;

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
  const parser = busboy({
    headers: Object.fromEntries(request.headers),
    defParamCharset: "utf8",
    limits: { fields: mostFields, fieldSize: mostTextBytes, files: 20 },
  });
  const read = Promise.withResolvers<void>();
  let texts = 0;
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
      const keeping = keep(filename, file).then((text) => {
        // They take the place of those that were kept before.
        const before = chosen.has(name) ? (body[name] ?? []) : [];
        chosen.add(name);
        body[name] = [...before, text];
      });
      keeping.catch(stop);
      kept.push(keeping);
    })
    .on("fieldsLimit", () => stop(tooMuch()))
    .on("error", (cause) =>
      stop(
        new AppError("bad-input", "This form arrived damaged, so nothing was done. Send it again.", {
          cause,
        }),
      ),
    )
    .on("close", () => read.resolve());
  const source = Readable.fromWeb((request.body ?? new Blob([]).stream()) as ReadableStream);
  source.on("error", (error) => read.reject(error));
  source.pipe(parser);
  await read.promise;
  await Promise.all(kept);
  return body;
};

const tooMuch = () =>
  new AppError(
    "too-large",
    "This form has more fields, or more text in them, than any of Milepost's, so nothing was done.",
  );
