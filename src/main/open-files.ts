import type { Files } from "#core/files.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import type { S3Place } from "#store/s3-files.ts";
import type { DataFolder } from "./data-folder.ts";

/** Where files of exports and long lines of logs are kept: in the data folder, or in a bucket that all nodes see. Throws what `createS3Files` throws. */
export const openFiles = async (
  at: DataFolder,
  bucket: S3Place | null,
): Promise<{ files: Files; logs: Files }> => {
  const disks = { files: createDiskFiles(at.exports), logs: createDiskFiles(at.logs) };
  if (bucket === null) return disks;
  // Loaded only where it is used.
  const { createS3Files } = await import("#store/s3-files.ts");
  return {
    files: await createS3Files(bucket, "exports", disks.files),
    logs: await createS3Files(bucket, "logs", disks.logs),
  };
};
