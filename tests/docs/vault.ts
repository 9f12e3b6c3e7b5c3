import type { Option } from "#core/form.ts";

/** The other side of the documentation's example: where backups lie and the database that they are restored to. */
export interface Vault {
  backups(database: string, signal: AbortSignal): Promise<readonly Option[]>;
  restore(backup: string, how: { password: string; signal: AbortSignal; onBytes: OnBytes }): Promise<Copy>;
  remove(copy: Copy | undefined): Promise<void>;
  isUp(database: string, signal: AbortSignal): Promise<boolean>;
}

export interface Copy {
  name: string;
  sizeBytes: number;
}

type OnBytes = (done: number, total: number) => void;
