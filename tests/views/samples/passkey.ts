import type { Passkey } from "#core/passkey.ts";
import { now } from "./steps.ts";

export const passkey: Passkey = {
  id: "k1",
  personId: "owner",
  name: "Phone",
  host: "milepost.example.org",
  handle: "h",
  publicKey: "",
  counter: 1,
  transports: ["internal"],
  createdAt: now - 9e8,
  lastUsedAt: now - 60_000,
};
