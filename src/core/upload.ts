import { safePart } from "./safe-part.ts";

/** A file that a person or a program sent for a run that is to be started: how it is called among the saved files. */
export const upload = {
  name: (id: string, called: string): string => `uploads/${id}/${safePart(called)}`,
  shape: {
    is: /^uploads\/[0-9a-f-]{32,36}\/[^/]+$/,
    says: "Choose a file, or give the name under which one was kept.",
  },
  /** What whoever sent it called it. */
  called: (name: string): string => name.split("/").at(-1) ?? name,
};
