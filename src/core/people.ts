/** What somebody is here: looks; starts, controls what they started and answers; or does everything. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** The first person, who was there before there were people, whom the terminal always lets in and nobody can remove. */
export const ownerId = "owner";

export interface Person {
  id: string;
  /** One that nobody else has, or ever had, here. */
  name: string;
  role: Role;
  createdAt: number;
  /** When they signed in first; null: they are invited. */
  joinedAt: number | null;
}

/** Who somebody is, as far as it decides what they may do. */
export type PersonRef = Pick<Person, "id" | "name" | "role">;
