/** How a container of an image behaves. */
export interface Image {
  /** Where it listens inside its container: a domain with another port leads nowhere. */
  port: number;
  behaviour: "answers" | "starts-slowly" | "never-healthy" | "crashes" | "unhealthy" | "errs";
}

/** All that this server can pull. Real registries are out of its reach. */
const images: Readonly<Record<string, Image>> = {
  "milepost/hello": { port: 8080, behaviour: "answers" },
  "milepost/slow-start": { port: 8080, behaviour: "starts-slowly" },
  "milepost/never-healthy": { port: 8080, behaviour: "never-healthy" },
  "milepost/crash": { port: 8080, behaviour: "crashes" },
  "milepost/unhealthy": { port: 8080, behaviour: "unhealthy" },
  "milepost/error": { port: 8080, behaviour: "errs" },
};

export const imageNames = Object.keys(images);

/** Every tag of an image can be pulled and does the same: the page shows which it is. */
export const findImage = (reference: string): Image | null => {
  const name = reference.replace(/:[\w.-]+$/, "");
  return Object.hasOwn(images, name) ? (images[name] ?? null) : null;
};
