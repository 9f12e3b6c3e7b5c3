/** How a container of an image behaves. */
export interface Image {
  /** Where it listens inside its container: a domain with another port leads nowhere. */
  port: number;
  behaviour: "answers" | "starts-slowly" | "never-healthy" | "crashes";
}

/** All that this server can pull. Real registries are out of its reach. */
const images: Readonly<Record<string, Image>> = {
  "milepost/hello": { port: 8080, behaviour: "answers" },
  "milepost/slow-start": { port: 8080, behaviour: "starts-slowly" },
  "milepost/never-healthy": { port: 8080, behaviour: "never-healthy" },
  "milepost/crash": { port: 8080, behaviour: "crashes" },
};

export const imageNames = Object.keys(images);

/** "milepost/hello" and "milepost/hello:latest" are the same; there are no other tags. */
export const findImage = (reference: string): Image | null => {
  const name = reference.replace(/:latest$/, "");
  return Object.hasOwn(images, name) ? (images[name] ?? null) : null;
};
