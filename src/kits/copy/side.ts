/** A machine that a file is copied from or to. Sizes in bytes; what is not there is null. */
export interface Side extends Disposable {
  readonly name: string;
  stat(path: string): Promise<{ isFile: boolean; sizeBytes: number; mode: number } | null>;
  /** SHA-256, hex; null where there is no such file. */
  sha256(path: string): Promise<string | null>;
  /** Opens a file for as long as `work` takes. */
  reading<T>(path: string, work: (read: Read) => Promise<T>): Promise<T>;
  /** Opens a file for as long as `work` takes; one that is not there is made, for its user only. What was written is on the disk then. */
  writing<T>(path: string, work: (write: Write) => Promise<T>): Promise<T>;
  /** Takes the place of what lies there, with this mode. */
  move(from: string, to: string, mode: number): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Less than was asked for only at the end. */
export type Read = (at: number, length: number) => Promise<Buffer>;
export type Write = (bytes: Buffer, at: number) => Promise<void>;

/** Reads on until it is all there, or nothing more comes. */
export const wholly =
  (read: Read): Read =>
  async (at, length) => {
    const pieces: Buffer[] = [];
    let size = 0;
    while (size < length) {
      const piece = await read(at + size, length - size);
      if (piece.length === 0) break;
      pieces.push(piece);
      size += piece.length;
    }
    return Buffer.concat(pieces);
  };
