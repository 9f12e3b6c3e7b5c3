import type { StackBase } from "#stacks/input.ts";
import type { ComposeFile } from "./compose-file.ts";

export interface ComposeInput extends StackBase {
  /** What the file would make; its text is a secret, because it may hold some. */
  file: ComposeFile;
  pageOf: string;
}
