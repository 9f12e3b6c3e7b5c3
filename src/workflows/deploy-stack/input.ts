import type { StackBase } from "#stacks/input.ts";

export interface StackInput extends StackBase {
  image: string;
  // What few stacks need; runs of earlier versions have none of it.
  /** Folders that outlive the container, in Docker volumes. */
  volumes?: Volume[];
  /** Who may pull the image; the password is a secret. Null: what the application has stays. */
  registry?: { username: string; url: string | null } | null;
  /** Null, here and below: as the application has it. */
  replicas?: number | null;
  memoryMb?: number | null;
  /** Takes the place of the image's own. */
  command?: string | null;
}

export interface Volume {
  /** Of the volume, in Docker. */
  name: string;
  /** Where the container sees it. */
  path: string;
}
