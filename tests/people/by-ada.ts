import { actorOf } from "#core/actor.ts";

export const byAda = actorOf({ name: "Ada", tokenId: null });
