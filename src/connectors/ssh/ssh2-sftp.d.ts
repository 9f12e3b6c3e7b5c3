declare module "ssh2/lib/protocol/SFTP.js" {
  import type { SFTPWrapper } from "ssh2";

  /** ssh2's SFTP, apart from its client: what it needs of that is one channel. */
  interface SftpOnChannel extends SFTPWrapper {
    push(chunk: Buffer | null): void;
    _init(): void;
  }
  export const SFTP: new (client: object, channel: object, settings?: object) => SftpOnChannel;
}
