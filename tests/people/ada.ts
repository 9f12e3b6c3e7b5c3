import type { Actor } from "#core/actor.ts";

export const ada: Actor = { kind: "person", id: "owner", name: "Ada" };
