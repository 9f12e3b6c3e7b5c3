import { failures } from "./failures.ts";
import { stopped } from "./stopped.ts";
import { underWay } from "./under-way.ts";

/** A run in each state that a person can meet. */
export const pictures = { ...underWay, ...stopped, ...failures } as const;
