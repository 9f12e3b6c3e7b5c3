import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";

/** The path would lead out of the sandbox's home. */
export class OutsideError extends Error {}

/**
 * The real path behind what an SFTP client asks for; relative paths begin at `home`. Links are followed in the folder but not in the
 * last part, so that a link itself can be looked at and removed. Throws OutsideError when it leads out of `home`.
 */
export const inside = async (home: string, asked: string): Promise<string> => {
  const path = isAbsolute(asked) ? resolve(asked) : resolve(home, asked);
  if (path === home) return home;
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
  const real = join(folder, path.slice(dirname(path).length));
  if (!within(home, real)) throw new OutsideError(asked);
  return real;
};

/** Like `inside`, with a link in the last part followed as well. */
export const insideFollowed = async (home: string, asked: string): Promise<string> => {
  const path = await inside(home, asked);
  const real = await realpath(path).catch(() => path);
  if (!within(home, real)) throw new OutsideError(asked);
  return real;
};

const within = (home: string, path: string): boolean => {
  const way = relative(home, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
};
