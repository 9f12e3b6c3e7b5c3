import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import { Skip } from "#core/skip.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { KitDeps } from "#kits/machine.ts";
import type { Copied, Copy, CopyOptions, FileAt } from "./copy-options.ts";
import { sideHere } from "./here.ts";
import type { Side } from "./side.ts";
import { sideThere } from "./there.ts";

const pieceBytes = 32 * 1024;
/** So many pieces are under way at once, because each waits for its answer. */
const atOnce = 16;

export const createCopy =
  (deps: KitDeps): Copy =>
  <I, R>(options: CopyOptions<I, R>): DoOptions<I, R, Copied> => {
    const { replace, detail, weightMs } = options;
    type Context = DoContext<I, R>;
    const open = async ({ on = null, path }: FileAt, ctx: Context): Promise<Side> => {
      if (path === "" || path.includes("\0"))
        throw new AppError("bad-input", "This cannot be the name of a file.");
      return on === null ? sideHere(ctx.signal) : sideThere(deps, on, ctx);
    };
    const nameOf = async ({ on = null }: FileAt): Promise<string> =>
      on === null ? "this machine" : (await deps.connections.open(on)).connection.name;

    return {
      ...(detail === undefined ? {} : { detail }),
      ...(weightMs === undefined ? {} : { weightMs }),
      stopWithinMs: 10_000,
      safeBecause:
        "What was carried over before is not carried over again, and the file comes into its place once.",
      run: async (ctx) => {
        const [from, to] = [options.from(ctx), options.to(ctx)];
        using source = await open(from, ctx);
        using target = await open(to, ctx);
        return carry(
          { source, target, from: from.path, to: to.path, part: partOf(to.path, ctx.key), replace },
          ctx,
        );
      },
      undo: async (ctx) => {
        const to = options.to(ctx);
        using target = await open(to, ctx);
        // Of this step, and not of its undo.
        await target.remove(partOf(to.path, `${ctx.runId}/${ctx.stepId}`));
        if (ctx.result === undefined) return;
        const sha256 = await target.sha256(to.path);
        if (sha256 === null) {
          ctx.log(`${to.path} is gone already.`);
          return;
        }
        if (sha256 !== ctx.result.sha256) return { stays: `${to.path} was changed since, so it stays.` };
        await target.remove(to.path);
      },
      plan: async (ctx) => {
        const [from, to] = [options.from(ctx), options.to(ctx)];
        const text = `It would copy ${from.path} of ${await nameOf(from)} to ${to.path} on ${await nameOf(to)}.`;
        return { lines: [{ kind: "words", text }] };
      },
    };
  };

/** Beside the place where it is to lie, and the same at every try. */
const partOf = (path: string, key: string): string =>
  `${path}.milepost-${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;

interface Carried {
  source: Side;
  target: Side;
  from: string;
  to: string;
  part: string;
  replace: true | undefined;
}

const carry = async <I, R>(
  { source, target, from, to, part, replace }: Carried,
  ctx: DoContext<I, R>,
): Promise<Copied | Skip<Copied>> => {
  const file = await source.stat(from);
  if (file === null) throw new AppError("not-found", `There is no ${from} on ${source.name}.`);
  if (!file.isFile) throw new AppError("bad-input", `${from} on ${source.name} is no file.`);
  const { sizeBytes, mode } = file;
  const there = await target.stat(to);
  if (there !== null) {
    const [wanted, found] = [await source.sha256(from), await target.sha256(to)];
    if (found !== null && found === wanted) {
      await target.remove(part);
      return new Skip(`It lies there already: ${to} on ${target.name}.`, {
        path: to,
        sizeBytes,
        sha256: found,
      });
    }
    if (replace !== true)
      throw new AppError(
        "conflict",
        `There is another ${to} on ${target.name} already; it was left as it is.`,
        {
          canPass: false,
        },
      );
  }
  await carryPieces({ source, target, from, part, sizeBytes }, ctx);
  const [wanted, found] = [await source.sha256(from), await target.sha256(part)];
  if (found === null || found !== wanted) {
    await target.remove(part);
    throw new AppError(
      "remote-odd",
      `What came to ${target.name} is not what ${from} on ${source.name} is: it was changed meanwhile, or on the way. Try again.`,
      { canPass: false },
    );
  }
  await target.move(part, to, mode & 0o777);
  return { path: to, sizeBytes, sha256: found };
};

const carryPieces = async <I, R>(
  {
    source,
    target,
    from,
    part,
    sizeBytes,
  }: Pick<Carried, "source" | "target" | "from" | "part"> & { sizeBytes: number },
  ctx: DoContext<I, R>,
): Promise<void> => {
  const before = (await target.stat(part))?.sizeBytes ?? 0;
  // A part that is longer is of something else.
  if (before > sizeBytes) await target.remove(part);
  // Pieces come in any order, so the last of what is there may have holes.
  const sureBytes = before > sizeBytes ? 0 : Math.max(0, before - atOnce * pieceBytes);
  if (sureBytes > 0)
    ctx.log(`It goes on behind the ${sureBytes.toLocaleString("en-US")} bytes that are there.`);
  let [next, done] = [sureBytes, sureBytes];
  await source.reading(from, (read) =>
    target.writing(part, async (write) => {
      const one = async (): Promise<void> => {
        while (next < sizeBytes) {
          ctx.signal.throwIfAborted();
          const at = next;
          next += pieceBytes;
          const bytes = await read(at, Math.min(pieceBytes, sizeBytes - at));
          await write(bytes, at);
          done += bytes.length;
          ctx.progress(done, sizeBytes, "copied", "bytes");
        }
      };
      // All have ended before the files are closed.
      const ends = await Promise.allSettled(Array.from({ length: atOnce }, one));
      const failed = ends.find((end) => end.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }),
  );
};
