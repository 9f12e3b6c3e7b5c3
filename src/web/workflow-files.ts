import type { AuthoredFile, AuthoredWorkflows, CodeVersion } from "#core/authored.ts";
import type { WebDeps } from "#web/deps.ts";

/** A version of a file, and how many runs that are not over go on with it. */
export interface UsedVersion extends CodeVersion {
  underWay: number;
}

/** A file of the folder with its versions. */
export interface SeenFile extends Omit<AuthoredFile, "version"> {
  version: UsedVersion | null;
  /** Earlier ones that runs still go on with, newest first. */
  earlier: readonly UsedVersion[];
}

/** People's own workflows as pages and programs see them. */
export interface SeenFolder {
  folder: string;
  fault: ReturnType<AuthoredWorkflows["fault"]>;
  files: readonly SeenFile[];
}

/** Without those whose workflow is `hidden` from whoever asks. */
export const seenFolder = async (
  { authored, store }: Pick<WebDeps, "authored" | "store">,
  hidden: readonly string[],
): Promise<SeenFolder> => {
  const withUse = async ({ code, since }: CodeVersion): Promise<UsedVersion> => ({
    ...{ code, since },
    underWay: (await store.codeUse(code)).underWay,
  });
  const there = authored.files().filter(({ workflow }) => !hidden.includes(workflow?.id ?? ""));
  const files = there.map(async (one): Promise<SeenFile> => {
    const earlier = one.workflow === null ? [] : authored.earlier(one.workflow.id);
    const used = await Promise.all(earlier.map(withUse));
    return {
      ...one,
      version: one.version === null ? null : await withUse(one.version),
      earlier: used.filter(({ underWay }) => underWay > 0),
    };
  });
  return { folder: authored.folder, fault: authored.fault(), files: await Promise.all(files) };
};
