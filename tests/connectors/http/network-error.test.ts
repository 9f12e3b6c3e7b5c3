import { expect, test } from "vitest";
import { networkError } from "#connectors/http/network-error.ts";

const url = new URL("https://api.example:8443/v1");
const thrown = (code: string) => Object.assign(new Error("words of the library"), { code });

test.each([
  ["EAI_AGAIN", "dns", /^The name api\.example does not resolve \(EAI_AGAIN\)\.$/],
  ["EHOSTUNREACH", "refused", /^api\.example:8443 refuses the connection \(EHOSTUNREACH\)/],
  ["ETIMEDOUT", "silent", /^api\.example:8443 does not answer \(ETIMEDOUT\)\.$/],
  ["UND_ERR_CONNECT_TIMEOUT", "silent", /^api\.example:8443 does not answer\.$/],
  ["ECONNRESET", "cut", /broke before the answer was whole \(ECONNRESET\)/],
  ["UND_ERR_SOCKET", "cut", /broke before the answer was whole\.$/],
  ["CERT_HAS_EXPIRED", "tls", /certificate of api\.example is not accepted: it has expired/],
  ["CERT_NOT_YET_VALID", "tls", /not valid yet, or the clock here is wrong/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", /is for another name/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", /a certificate in between is missing/],
  ["EPROTO", "tls", /does not agree with us on how to speak TLS/],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "plain-http", /try http:\/\/ in the address/],
  ["ANYTHING_ELSE", "cut", /broke/],
])("%s is “%s”, in a sentence without the library's words", (code, why, sentence) => {
  for (const error of [
    thrown(code),
    new Error("outer", { cause: thrown(code) }),
    new AggregateError([thrown(code)]),
  ]) {
    const told = networkError(error, url);
    expect(told).toMatchObject({ why, message: expect.stringMatching(sentence) });
    expect(told.message).not.toContain("words of the library");
  }
});

test("what stays as it is until somebody changes something is not tried again by itself", () => {
  expect(networkError(thrown("CERT_HAS_EXPIRED"), url)).toMatchObject({
    code: "unreachable",
    canPass: false,
  });
  expect(networkError(thrown("ECONNREFUSED"), url)).toMatchObject({ code: "unreachable", canPass: true });
});
