import { assertEquals, assertThrows } from "@std/assert";
import { CHECKSUMS, outOfScope } from "../../policy/trust.ts";
import { UsageError } from "../../verify/error.ts";
import { makePolicy } from "./make.ts";

const PROVENANCE = "https://slsa.dev/provenance/v1";
const DECISION = "https://slsa.dev/verification_summary/v1";

const PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";

const identity = (members: object = {}) => ({
  id: "ci",
  identity: "https://ci.example/acme/relay@refs/tags/v1.2.3",
  issuer: "https://token.example",
  ...members,
});

const root = (members: object = {}) => ({
  id: "public",
  sha256: "a".repeat(64),
  identities: [identity()],
  ...members,
});

Deno.test("outOfScope() wants every target and the very predicate type", () => {
  const claim = { targets: ["linux", "wasm"], predicateType: PROVENANCE };
  assertEquals(outOfScope(undefined, claim), null);
  assertEquals(outOfScope({}, claim), null);
  assertEquals(outOfScope({ targets: ["wasm", "linux"] }, claim), null);
  assertEquals(
    outOfScope({ targets: ["wasm"] }, claim),
    'the target "linux"',
  );
  assertEquals(outOfScope({ predicateTypes: [PROVENANCE] }, claim), null);
  assertEquals(outOfScope({ predicateTypes: [DECISION] }, claim), PROVENANCE);
  assertEquals(
    outOfScope({ predicateTypes: [DECISION, PROVENANCE] }, {
      ...claim,
      predicateType: CHECKSUMS,
    }),
    CHECKSUMS,
  );
});

Deno.test("a policy takes keys, roots and identities with days and scopes", () => {
  const { trust } = makePolicy({
    trust: {
      keys: [{
        id: "a",
        publicKey: PEM,
        notAfter: "2026-12-31",
        scope: { targets: ["linux-x64"] },
      }],
      roots: [root({ logsMin: 2 })],
    },
  });
  assertEquals([trust.roots[0]?.logsMin, trust.roots[0]?.timesMin], [2, 1]);
});

const REFUSED: [string, object][] = [
  ["a root without a pin", { roots: [root({ sha256: undefined })] }],
  ["a pin in uppercase", { roots: [root({ sha256: "A".repeat(64) })] }],
  ["a threshold of none", { roots: [root({ logsMin: 0 })] }],
  [
    "an identity without an issuer",
    { roots: [root({ identities: [identity({ issuer: undefined })] })] },
  ],
  [
    "an empty identity",
    { roots: [root({ identities: [identity({ identity: "" })] })] },
  ],
  ...["https://ci.example/.*", "^https://ci.example/a$", "https://ci/ a"].map(
    (pattern): [string, object] => [
      `the pattern ${pattern}`,
      { roots: [root({ identities: [identity({ identity: pattern })] })] },
    ],
  ),
  ["one id twice", {
    keys: [{ id: "ci", publicKey: PEM }],
    roots: [root()],
  }],
  ["an empty scope", {
    keys: [{ id: "a", publicKey: PEM, scope: { targets: [] } }],
  }],
  ["an unknown predicate type", {
    keys: [{ id: "a", publicKey: PEM, scope: { predicateTypes: ["any"] } }],
  }],
  ["a misspelled member", {
    keys: [{ id: "a", publicKey: PEM, scopes: {} }],
  }],
];

for (const [name, trust] of REFUSED) {
  Deno.test(`a policy refuses ${name}`, () => {
    assertThrows(() => makePolicy({ trust }), UsageError);
  });
}
