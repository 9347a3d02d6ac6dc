/**
 * Trust with scopes, days and pins: what a signer may vouch for, of keyed and
 * keyless bundles, and what `reproof trust` says of it.
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Scope } from "../../policy/trust.ts";
import { policySigners } from "../../release/signer_trust.ts";
import { signStatementKeyless } from "../../release/sign/keyless.ts";
import {
  type ReleaseSigner,
  verifyTrusted,
} from "../../release/verification/trust.ts";
import { PREDICATE_TYPE } from "../../verify/attest/statement.ts";
import { sha256 } from "../../verify/digest.ts";
import { UsageError } from "../../verify/error.ts";
import { runProgram } from "../cli/program.ts";
import { makePolicy } from "../policy/make.ts";
import { signerOf, trustIn } from "../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import {
  DSSE_BUNDLE,
  failures,
  KEY,
  newKey,
  STATEMENT,
  STRANGER,
  SUBJECT,
} from "../verify/attest/keyed_bundle.ts";
import { Workplace } from "./project.ts";

const NOW = new Date("2026-01-31T12:00:00Z");
const CLAIM = { targets: ["wasm"], predicateType: PREDICATE_TYPE.provenance };

function held(
  bundle: Uint8Array,
  signers: readonly ReleaseSigner[],
  times: { now?: Date; decidedAt?: Date } = {},
) {
  return verifyTrusted(bundle, CLAIM, {
    name: "a.sigstore.json",
    trust: { kind: "signers", signers },
    now: times.now ?? NOW,
    decidedAt: times.decidedAt,
    expect: {
      kind: "statement",
      predicateTypes: [PREDICATE_TYPE.provenance],
      subjects: [SUBJECT],
      rule: "exactly",
    },
  });
}

const byKey = (
  scope?: Scope,
  days: Pick<ReleaseSigner, "notBefore" | "notAfter"> = {},
): ReleaseSigner => ({
  kind: "key",
  id: "key",
  key: KEY.publicKey,
  scope,
  ...days,
});

Deno.test("a key vouches inside its scope and not outside", () => {
  for (
    const scope of [undefined, { targets: ["linux", "wasm"] }, {
      predicateTypes: [PREDICATE_TYPE.provenance],
    }]
  ) {
    const result = held(DSSE_BUNDLE, [byKey(scope)]);
    assertEquals([failures(result), result.status], [[], "verified"]);
    assertEquals(result.by?.id, "key");
  }
  for (
    const scope of [{ targets: ["linux"] }, {
      predicateTypes: [PREDICATE_TYPE.verificationSummary],
    }]
  ) {
    const result = held(DSSE_BUNDLE, [byKey(scope)]);
    assertEquals(failures(result), ["scope signer-out-of-scope"]);
    assertEquals([result.status, result.content, result.by], [
      "refused",
      null,
      null,
    ]);
  }
  // Two entries for one key: what either allows is allowed.
  assertEquals(
    held(DSSE_BUNDLE, [byKey({ targets: ["linux"] }), byKey()]).status,
    "verified",
  );
});

Deno.test("T8 a key counts in its days, at the decision and today", () => {
  const days = {
    notBefore: new Date("2026-01-31T00:00:00Z"),
    notAfter: new Date("2026-01-31T23:59:59.999Z"),
  };
  const at = (now: string, decidedAt: string) =>
    failures(held(DSSE_BUNDLE, [byKey(undefined, days)], {
      now: new Date(now),
      decidedAt: new Date(decidedAt),
    }));
  const inside = "2026-01-31T12:00:00Z";
  assertEquals(at(inside, inside), []);
  for (const outside of ["2026-01-30T23:59:59Z", "2026-02-01T00:00:00Z"]) {
    assertEquals(at(outside, inside), ["days key-outside-validity"]);
    assertEquals(at(inside, outside), ["days key-outside-validity"]);
  }
});

Deno.test("a keyless bundle is held against each trusted identity", async () => {
  await using standIn = new SigstoreStandIn();
  const bundle = await signStatementKeyless(
    STATEMENT,
    signerOf(standIn, ["rekor1", "tsa"]),
  );
  const byIdentity = (
    changes?: object,
    scope?: Scope,
  ): ReleaseSigner => ({
    kind: "identity",
    id: "ci",
    trust: trustIn(standIn, changes),
    scope,
  });
  const stranger: ReleaseSigner = {
    kind: "key",
    id: "key",
    key: STRANGER.publicKey,
  };
  const other = byIdentity({ identity: `${IDENTITY}-evil` });
  assertEquals(
    held(bundle, [stranger, other, byIdentity()]).status,
    "verified",
  );
  assertEquals(failures(held(bundle, [stranger, other])), [
    "identity identity-unexpected",
  ]);
  assertEquals(failures(held(bundle, [stranger])), ["key signer-unexpected"]);
  assertEquals(failures(held(DSSE_BUNDLE, [byIdentity()])), [
    "key signer-unexpected",
  ]);
  assertEquals(
    failures(held(bundle, [byIdentity({}, { targets: ["linux"] })])),
    ["scope signer-out-of-scope"],
  );
  assertEquals(failures(held(bundle, [byIdentity({ logsMin: 2 })])), [
    "witnesses witness-too-few",
  ]);
});

Deno.test("T15 a pinned root is found by its digest, and no other serves", async () => {
  await using standIn = new SigstoreStandIn();
  using place = new Workplace();
  const bytes = standIn.trustedRoot();
  Deno.writeFileSync(`${place.path}/root.json`, bytes);
  Deno.writeFileSync(
    `${place.path}/other.json`,
    new Uint8Array([...bytes, 10]),
  );
  const policyPath = `${place.path}/policy.json`;
  const signers = (pin: object, roots: string[] = []) =>
    policySigners(
      makePolicy({
        trust: {
          roots: [{
            id: "stand-in",
            sha256: sha256(bytes),
            identities: [{ id: "ci", identity: IDENTITY, issuer: ISSUER }],
            ...pin,
          }],
        },
      }),
      { policyPath, roots },
    );
  assertEquals(signers({ file: "root.json" }).length, 1);
  assertEquals(
    signers({}, [`${place.path}/other.json`, `${place.path}/root.json`]).length,
    1,
  );
  const codes: [string, object, string[]][] = [
    ["trusted-root-mismatch", { file: "other.json" }, []],
    ["trusted-root-missing", {}, []],
    ["trusted-root-missing", {}, [`${place.path}/other.json`]],
  ];
  for (const [code, pin, roots] of codes) {
    const error = assertThrows(() => signers(pin, roots), UsageError);
    assertEquals(error.code, code);
  }
});

Deno.test("reproof trust shows whom a policy trusts, for what, until when", async () => {
  using place = new Workplace();
  const path = `${place.path}/policy.json`;
  const pem = (key = newKey()) =>
    key.publicKey.object.export({ type: "spki", format: "pem" }).toString();
  const write = (trust: object) =>
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        ...makePolicy(),
        trust,
        quorum: {
          rebuilders: [{ id: "bolt", operator: "Bolt", publicKey: pem() }],
          targets: { "linux-x64": 1 },
        },
        deny: [{
          id: "stolen",
          reason: "it was lost",
          date: "2026-05-01",
          key: "c".repeat(64),
        }],
      }),
    );
  write({
    keys: [
      { id: "current", publicKey: pem(), notAfter: "2026-06-30" },
      {
        id: "old",
        publicKey: pem(),
        notAfter: "2026-05-31",
        scope: { targets: ["linux-x64"] },
      },
      { id: "next", publicKey: pem(), notBefore: "2026-07-01" },
    ],
    roots: [{
      id: "public",
      sha256: "b".repeat(64),
      identities: [{ id: "ci", identity: IDENTITY, issuer: ISSUER }],
    }],
  });
  const now = ["--now", "2026-06-01T00:00:00Z"];
  const text = await runProgram(["trust", path, ...now]);
  assertEquals(text.code, 0, text.stderr);
  for (
    const line of [
      'key "current": counts until 2026-06-30 (29 days left)',
      'key "old": expired on 2026-05-31',
      "  may sign linux-x64",
      'key "next": does not count yet',
      'trusted root "public": not at hand, needs 1 distinct logs, 1 distinct clocks',
      `  is       ${IDENTITY} (issuer ${ISSUER})`,
      'rebuilder "bolt" of Bolt: counts, without an end',
      'quorum of "linux-x64": 1 operators that built the same bytes',
      `denied: ${
        "c".repeat(64)
      }, denied on 2026-05-01 by "stolen": it was lost`,
      'accepts: resource "pkg:generic/tool"',
    ]
  ) assertStringIncludes(text.stdout, `${line}\n`);
  const json = JSON.parse((await runProgram(["trust", path, "--json"])).stdout);
  assertEquals(json.signers.length, 4);
  write({ keys: [{ id: "old", publicKey: pem(), notAfter: "2026-05-31" }] });
  assertEquals((await runProgram(["trust", path, ...now])).code, 1);
  write({});
  assertEquals((await runProgram(["trust", path, ...now])).code, 1);
});
