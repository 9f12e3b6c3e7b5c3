/** What somebody is here: looks; starts, controls what they started and answers; or does everything. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** The first person, who was there before there were people, whom the terminal always lets in and nobody can remove. */
export const ownerId = "owner";

export interface Person {
  id: string;
  /** One that nobody else has, or ever had, here. */
  name: string;
  /** By which a provider of single sign-on knows them, in lower case; null: not told. */
  email: string | null;
  role: Role;
  /** What they were before their groups there made them something else; null: no group did. */
  roleBefore: Role | null;
  createdAt: number;
  /** When they signed in first; null: they are invited. */
  joinedAt: number | null;
}

/** Who somebody is, as far as it decides what they may do. */
export interface PersonRef extends Pick<Person, "id" | "name" | "role"> {
  /**
   * By what a question that names people means them; left out: by id and name. A name that a provider gave somebody means nobody, because
   * whoever chooses it there could choose another's.
   */
  meantBy?: "id" | "nothing";
}

/** How a provider of single sign-on knows a person. */
export interface ProviderAccount {
  issuer: string;
  /** What the provider calls them, whatever else of them changes. */
  subject: string;
  personId: string;
  /** Whether they were invited here, or a group of theirs let them in. */
  cameBy: "invitation" | "group";
}
