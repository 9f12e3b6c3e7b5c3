import { describe, expect, it } from "vitest";
import { connectError } from "#connectors/ssh/connect-error.ts";

const target = {
  name: "node1",
  host: "node1.example",
  port: 2222,
  user: "me",
  auth: { password: "guess" },
  hostKey: "",
};
const error = (more: object, message = "boom") => Object.assign(new Error(message), more);

const silent = { accepted: [], half: null };

describe("why no connection came about", () => {
  it.each([
    [{ code: "ENOTFOUND" }, "unreachable", false, "There is no host called “node1.example”"],
    [{ code: "EAI_AGAIN" }, "unreachable", true, "could not be looked up"],
    [{ code: "ECONNREFUSED" }, "unreachable", true, "node1 (me@node1.example:2222) refuses connections"],
    [{ code: "ETIMEDOUT" }, "unreachable", true, "did not answer in time"],
    [{ code: "EHOSTUNREACH" }, "unreachable", true, "no way through the network"],
    [{ code: "ECONNRESET" }, "unreachable", true, "broke the connection off"],
    [{ level: "client-timeout" }, "unreachable", true, "did not finish the SSH handshake"],
    [
      { level: "client-authentication" },
      "remote-refused",
      false,
      "The server accepts: publickey, hostbased.",
    ],
    [{ level: "handshake" }, "remote-odd", false, "have no method in common"],
    [{ code: 2 }, "remote-odd", false, "does not speak SSH as expected"],
  ])("%j is said in words and as something that can pass or not", (more, code, canPass, words) => {
    const told = connectError(error(more), target, { accepted: ["publickey", "hostbased"], half: null });
    expect(told).toMatchObject({ code, canPass });
    expect(told.message).toContain(words);
  });

  it("says that a key was taken where the server wants a second step", () => {
    const told = connectError(error({ level: "client-authentication" }), target, {
      ...{ accepted: ["keyboard-interactive"], half: "publickey" },
    });
    expect(told.message).toContain("accepts the private key and wants a second step: keyboard-interactive.");
  });

  it("takes the first of several addresses for the reason", () => {
    const several = new AggregateError([error({ code: "ECONNREFUSED" }), error({ code: "ENETUNREACH" })]);
    expect(connectError(several, target, silent).message).toContain("refuses connections");
  });

  it("never repeats the password", () => {
    expect(
      JSON.stringify(connectError(error({ level: "client-authentication" }), target, silent)),
    ).not.toContain("guess");
  });
});
