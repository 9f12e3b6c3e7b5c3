import { expect, test } from "vitest";
import { groupsIn, readGroupRoles, roleOfGroups } from "#people/role-of-groups.ts";

const rolesOf = (given: string) => [...(readGroupRoles(given) ?? [])];

test("pairs of groups and roles are parted by commas, or by semicolons where names have commas", () => {
  expect(rolesOf("admins=admin, Home Staff=operator,*=viewer")).toEqual([
    ["admins", "admin"],
    ["Home Staff", "operator"],
    ["*", "viewer"],
  ]);
  expect(rolesOf("cn=admins,ou=groups=admin;")).toEqual([["cn=admins,ou=groups", "admin"]]);
});

test.each([
  "admins",
  "admins=root",
  "=admin",
  "admins=admin; staff",
  "cn=admins,ou=groups=admin",
  "admins=Admin",
])("what is no such table is refused: %s", (given) => expect(readGroupRoles(given)).toBeNull());

test("the greatest role of somebody's groups holds, and nobody is in a group that is called “*”", () => {
  const given = readGroupRoles("a=viewer,b=admin,c=operator") ?? new Map();
  expect(roleOfGroups(["a", "c"], given)).toBe("operator");
  expect(roleOfGroups(["c", "b", "a"], given)).toBe("admin");
  expect(roleOfGroups(["A", "*"], given)).toBeNull();
  expect(roleOfGroups([], readGroupRoles("*=viewer") ?? new Map())).toBe("viewer");
});

test("a claim is found by its whole name first, then as a path, and what is no list of names has none", () => {
  expect(groupsIn({ "https://x.example/groups": ["a"] }, "https://x.example/groups")).toEqual(["a"]);
  expect(groupsIn({ realm_access: { roles: ["a", 7, "b"] } }, "realm_access.roles")).toEqual(["a", "b"]);
  expect(groupsIn({ groups: "a" }, "groups")).toEqual(["a"]);
  for (const claims of [{}, { groups: null }, { groups: { a: 1 } }, { groups: 7 }])
    expect(groupsIn(claims, "groups")).toBeNull();
  expect(groupsIn({}, "constructor.name")).toBeNull();
});
