import { assertEquals, assertThrows } from "@std/assert";
import {
  type Denial,
  deniedFileChecks,
  DENY_LIST,
  signerDenial,
} from "../../policy/deny.ts";
import { parseDocument } from "../../verify/document.ts";
import { UsageError } from "../../verify/error.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

function list(...entries: object[]): Denial[] {
  return parseDocument(
    DENY_LIST,
    JSON.stringify({
      schemaVersion: 1,
      deny: entries.map((entry, index) => ({
        id: `d${index}`,
        reason: "the key was stolen",
        date: "2026-05-01",
        ...entry,
      })),
    }),
    "deny.json",
  ).deny;
}

Deno.test("T50 a denied signer is found by key, or by name and issuer", () => {
  const deny = list(
    { key: A },
    { identity: "https://ci/a", issuer: "https://token" },
    { identity: "https://ci/b" },
  );
  const idOf = (signer: Parameters<typeof signerDenial>[1]) =>
    signerDenial(deny, signer)?.id;
  assertEquals(idOf({ kind: "key", sha256: A }), "d0");
  assertEquals(idOf({ kind: "key", sha256: B }), undefined);
  const named = (identity: string, issuer: string) =>
    idOf({ kind: "identity", identity, issuer });
  assertEquals(named("https://ci/a", "https://token"), "d1");
  assertEquals(named("https://ci/a", "https://other"), undefined);
  assertEquals(named("https://ci/b", "https://other"), "d2");
  assertEquals(named("https://ci/bb", "https://other"), undefined);
});

Deno.test("T50 a denied file fails under its name, with reason and date", () => {
  const files = [{ name: "tool", sha256: A }];
  const [hit] = deniedFileChecks(list({ artifact: A }), files, "integrity");
  assertEquals([hit?.status, hit?.code, hit?.subject], [
    "fail",
    "denied",
    "tool",
  ]);
  assertEquals(
    hit?.observed,
    '"tool", denied on 2026-05-01 by "d0": the key was stolen',
  );
  const status = (deny: Denial[]) =>
    deniedFileChecks(deny, files, "integrity").map((check) => check.status);
  assertEquals(status(list({ artifact: B })), ["pass"]);
  assertEquals(status([]), ["not-applicable"]);
  assertEquals(status(list({ key: A })), ["not-applicable"]);
});

Deno.test("a deny list refuses entries without one meaning", () => {
  for (
    const entry of [
      {},
      { artifact: A, key: B },
      { key: A.toUpperCase() },
      { key: A, issuer: "https://token" },
      { identity: "https://ci/.*" },
      { key: A, reason: "why" },
      { key: A, date: "someday" },
      { keys: [A] },
    ]
  ) assertThrows(() => list(entry), UsageError);
  assertThrows(
    () => list({ key: A, id: "x" }, { key: B, id: "x" }),
    UsageError,
  );
});
