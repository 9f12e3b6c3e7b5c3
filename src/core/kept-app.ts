const pattern = /^\.([a-z0-9-]+)\.(\d{1,15})\.kept$/;

/** How the folder of an app is called that was removed and is still kept: by its address, and since when in milliseconds since 1970. */
export const keptApp = {
  name: ({ slug, removedAt }: { slug: string; removedAt: number }): string => `.${slug}.${removedAt}.kept`,
  read: (name: string): { slug: string; removedAt: number } | null => {
    const [, slug, at] = pattern.exec(name) ?? [];
    return slug === undefined || at === undefined ? null : { slug, removedAt: Number(at) };
  },
  /** So long one that was removed can be brought back. */
  days: 30,
};
