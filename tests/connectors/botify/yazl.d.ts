/** The part of yazl, which has no types of its own, that our tests use to make zip files. */
declare module "yazl" {
  export class ZipFile {
    readonly outputStream: NodeJS.ReadableStream;
    addBuffer(content: Buffer, name: string): void;
    end(): void;
  }
}
