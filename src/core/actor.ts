/**
 * What did something: somebody who signed in by a link (a person), a program or a browser with a token, whoever works at the server's own
 * terminal, somebody who was not let in (a stranger; the id is where they came from), a workflow, Milepost itself, or what is not known.
 */
export const actorKinds = [
  "person",
  "token",
  "terminal",
  "stranger",
  "workflow",
  "system",
  "unknown",
] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Who did something. A name is for people to read, and may be given twice; kind and id say who it was. */
export interface Actor {
  kind: ActorKind;
  /** Null: there is only one of this kind, or none is known. */
  id: string | null;
  name: string;
  /** The person who it is, or whose token; what is kept of an actor is without it. */
  personId?: string;
}
