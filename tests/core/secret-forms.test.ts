import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMask } from "#core/secret-forms.ts";

const secret = 'p4ss/w+rd"&<é>=\\';
const mask = createMask([secret, ""]);

describe("a secret", () => {
  it.each([
    ["as it is", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    [
      "URL-encoded in small letters",
      encodeURIComponent(secret).replace(/%../g, (byte) => byte.toLowerCase()),
    ],
    ["escaped in JSON", JSON.stringify(secret).slice(1, -1)],
    ["escaped in JSON within JSON", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["escaped in JSON by PHP", JSON.stringify(secret).slice(1, -1).replace("/", "\\/")],
    ["in base64", Buffer.from(secret).toString("base64").replace(/=+$/, "")],
    ["in base64 for addresses", Buffer.from(secret).toString("base64url")],
  ])("is blotted out %s, and what stands round it stays", (_, form) => {
    const masked = mask(`before ${form} after`);
    expect(masked).toMatch(/^before •••.{0,2} after$/);
  });

  it("is blotted out of a Basic header, whatever the length of the user's name", () => {
    for (const user of ["", "a", "ab", "abc", "abcd"]) {
      const header = Buffer.from(`${user}:${secret}`).toString("base64");
      const masked = mask(header);
      expect(masked).toContain("•••");
      expect(Buffer.from(masked.replaceAll("•••", ""), "base64").toString("latin1")).not.toContain("w+rd");
    }
  });

  it("does not show at any place of any text in base64", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, unit: "binary-ascii" }),
        fc.string(),
        fc.string(),
        (token, before, after) => {
          expect(createMask([token])(Buffer.from(before + token + after).toString("base64"))).toContain(
            "•••",
          );
        },
      ),
    );
  });

  it("that is empty blots nothing out", () => {
    expect(createMask([""])("nothing to hide")).toBe("nothing to hide");
  });
});

describe("a long secret that was cut", () => {
  const token = "mp_1b7QzX-94kLmnopRSTuvw";
  it("shows neither half, wherever the cut is, and what stands round it stays", () => {
    const hide = createMask([token]);
    for (let cut = 1; cut < token.length; cut++) {
      const masked = hide(`one ${token.slice(0, cut)}\n two ${token.slice(cut)} three`);
      expect(masked).toMatch(/^one [\s\S]* three$/);
      const longest = Math.max(
        ...masked.split(/[^\w-]+/).map((word) => (token.includes(word) ? word.length : 0)),
      );
      expect(longest, masked).toBeLessThan(token.length / 2);
    }
    expect(hide(token.slice(0, 12) + token.slice(12))).toBe("•••");
  });

  it("does not make ordinary words of its signs unreadable", () => {
    expect(createMask([token])("mp_1b7Qz and RSTuvw are other words")).toBe(
      "mp_1b7Qz and RSTuvw are other words",
    );
  });
});
