import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";

/** What we use of s3rver, which has no types: a server that speaks S3 and keeps objects in a folder. */
type S3rver = new (options: {
  address: string;
  port: number;
  directory: string;
  silent: boolean;
  configureBuckets: { name: string }[];
}) => { run(): Promise<{ port: number }>; close(): Promise<void> };

/** The one key that it takes. */
export const bucketKey = { accessKey: "S3RVER", secretKey: "S3RVER", region: "us-east-1" };

/** Starts one on loopback with the bucket "milepost"; gives the bucket's address. */
export const startS3 = async (directory: string): Promise<{ url: URL; close(): Promise<void> }> => {
  mkdirSync(directory, { recursive: true });
  const Server = createRequire(import.meta.url)("s3rver") as S3rver;
  const server = new Server({
    ...{ address: "127.0.0.1", port: 0, directory, silent: true },
    configureBuckets: [{ name: "milepost" }],
  });
  const { port } = await server.run();
  return { url: new URL(`http://127.0.0.1:${port}/milepost`), close: () => server.close() };
};
