/**
 * A release signed keylessly against the stand-in: it verifies by identity and
 * issuer, and an outage of any service leaves nothing behind.
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runGate } from "../../release/gate/gate.ts";
import {
  keyGateSigner,
  keylessGateSigner,
} from "../../release/gate/gate_signer.ts";
import { readInputs } from "../../release/gate/inputs.ts";
import { assertSignerInPolicy } from "../../release/gate/signer_in_policy.ts";
import { verifyRelease } from "../../release/verification/verification.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { runProgram } from "../cli/program.ts";
import { makePolicy } from "../policy/make.ts";
import { servicesOf, trustIn } from "../stand_in/keyless.ts";
import {
  IDENTITY,
  identityToken,
  ISSUER,
  type Service,
  SigstoreStandIn,
} from "../stand_in/sigstore.ts";
import { KEY } from "../verify/attest/keyed_bundle.ts";
import { exists, GOOD_SCRIPT, Workplace } from "./project.ts";

function signerAt(standIn: SigstoreStandIn) {
  return keylessGateSigner({
    services: servicesOf(standIn, ["rekor1", "tsa"]),
    trust: trustIn(standIn),
    token: () => Promise.resolve(identityToken()),
    clock: () => standIn.now,
    wait: () => Promise.resolve(),
  });
}

async function gate(standIn: SigstoreStandIn, place: Workplace) {
  const project = place.script(GOOD_SCRIPT);
  return await runGate({
    project,
    output: `${place.path}/out`,
    inputs: readInputs(project, {
      policyPath: undefined,
      signer: signerAt(standIn),
      now: standIn.now,
    }),
    tag: "v1.0.0",
    now: standIn.now,
    clock: standIn.now,
    rebuild: { seed: "1", isolation: "none" },
  });
}

Deno.test("a keyless release verifies by identity and issuer alone", async () => {
  await using standIn = new SigstoreStandIn();
  using place = new Workplace();
  const { report, directory } = await gate(standIn, place);
  assertEquals(report.decision.outcome, "go");
  const root = `${place.path}/trusted_root.json`;
  Deno.writeFileSync(root, standIn.trustedRoot());
  const verify = (...flags: string[]) =>
    runProgram([
      "verify",
      directory,
      "--now",
      "2026-02-01T00:00:00Z",
      ...flags,
    ]);
  const named = ["--trusted-root", root, "--issuer", ISSUER, "--identity"];
  const good = await verify(...named, IDENTITY);
  assertEquals(good.code, 0, good.stdout + good.stderr);
  const wrong = await verify(...named, `${IDENTITY}-evil`);
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.stdout, "identity-unexpected");
  const keyed = await verify("--key", place.publicKey);
  assertEquals(keyed.code, 1);
  assertStringIncludes(keyed.stdout, "signer-unexpected");
  const half = await verify("--trusted-root", root, "--identity", IDENTITY);
  assertEquals(half.code, 2);
  assertStringIncludes(half.stderr, "trust-missing");
  const early = await verifyRelease(directory, {
    trust: trustIn(standIn),
    policy: null,
    now: new Date(standIn.now.getTime() - 3600_000),
  });
  assertEquals(early.decision.outcome, "no-go");
});

for (const service of ["fulcio", "rekor1", "tsa"] as readonly Service[]) {
  Deno.test(`T47 an outage of ${service} ends as not signed, with nothing left behind`, async () => {
    await using standIn = new SigstoreStandIn();
    using place = new Workplace();
    standIn.outages.set(service, { status: 503, times: 1000 });
    const error = await assertRejects(() => gate(standIn, place), ReproofError);
    // Not a UsageError: the exit code is 3, inconclusive.
    assertEquals([error.code, error instanceof UsageError], [
      "signing-unavailable",
      false,
    ]);
    for (const suffix of ["", ".no-go", ".inconclusive"]) {
      assertEquals(exists(`${place.path}/out${suffix}`), false);
    }
    const left = [...Deno.readDirSync(place.path)].map((entry) => entry.name)
      .filter((name) => name.includes("partial"));
    assertEquals(left, []);
  });
}

Deno.test("release wants one way to sign, and all of it", async () => {
  using place = new Workplace();
  const project = place.script(GOOD_SCRIPT);
  const root = `${place.path}/root.json`;
  const base = [
    "release",
    project,
    "--tag",
    "v1.0.0",
    "--out",
    `${place.path}/out`,
  ];
  await using standIn = new SigstoreStandIn();
  Deno.writeFileSync(root, standIn.trustedRoot());
  const named = [
    "--keyless",
    "--trusted-root",
    root,
    "--identity",
    IDENTITY,
    "--issuer",
    ISSUER,
  ];
  const cases: [string[], string][] = [
    [[], '"--key FILE" or "--keyless"'],
    [["--keyless", "--key", place.key], "found both"],
    [["--key", place.key, "--tsa", "http://127.0.0.1:1"], '"--tsa"'],
    [["--keyless"], '"--trusted-root", "--identity" and "--issuer"'],
    [named, '"--rekor URL" or "--rekor2 URL"'],
    [[...named, "--rekor", "http://127.0.0.1:1"], "identity-token-missing"],
    [
      [
        ...named,
        "--rekor",
        "http://127.0.0.1:1",
        "--token",
        `file:${place.path}/none`,
      ],
      "identity-token-missing",
    ],
  ];
  for (const [flags, expected] of cases) {
    const run = await runProgram([...base, ...flags], {
      ACTIONS_ID_TOKEN_REQUEST_URL: "",
      SIGSTORE_ID_TOKEN: "",
    });
    assertEquals([run.code, run.stdout], [2, ""], run.stderr);
    assertStringIncludes(run.stderr, expected);
  }
  assertEquals(exists(`${place.path}/out`), false);
});

Deno.test("a policy that trusts somebody must let the signer vouch for all", async () => {
  await using standIn = new SigstoreStandIn();
  const { trust } = signerAt(standIn);
  const publicKey = KEY.publicKey.object.export({ type: "spki", format: "pem" })
    .toString();
  const now = new Date("2026-06-01T00:00:00Z");
  const asKey = keyGateSigner(KEY).trust;
  const refused = (signer: typeof trust | typeof asKey, section: object) => {
    try {
      assertSignerInPolicy(makePolicy({ trust: section }), signer, {
        targets: ["linux-x64"],
        now,
      });
      return null;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return error.code;
    }
  };
  const key = (members: object = {}) => ({
    keys: [{ id: "a", publicKey, ...members }],
  });
  const root = (
    members: object = {},
    sha256 = trustIn(standIn).root.sha256,
  ) => ({
    roots: [{
      id: "r",
      sha256,
      identities: [{
        id: "ci",
        identity: IDENTITY,
        issuer: ISSUER,
        ...members,
      }],
    }],
  });
  const no = "signer-not-in-policy";
  assertEquals(refused(asKey, {}), null);
  assertEquals(refused(asKey, key()), null);
  assertEquals(refused(trust, root()), null);
  assertEquals(
    refused(asKey, key({ scope: { targets: ["linux-x64"] } })),
    null,
  );
  assertEquals(refused(asKey, key({ scope: { targets: ["wasm"] } })), no);
  assertEquals(
    refused(asKey, key({ scope: { predicateTypes: ["checksums"] } })),
    no,
  );
  const signed = [
    "https://slsa.dev/provenance/v1",
    "https://in-toto.io/attestation/test-result/v0.1",
    "https://in-toto.io/attestation/release/v0.1",
    "https://slsa.dev/verification_summary/v1",
    "checksums",
  ];
  const scoped = (predicateTypes: readonly string[]) =>
    refused(asKey, key({ scope: { predicateTypes } }));
  assertEquals(scoped(signed), null);
  for (const kind of signed) {
    assertEquals(scoped(signed.filter((other) => other !== kind)), no, kind);
  }
  assertEquals(refused(asKey, key({ notAfter: "2026-05-31" })), no);
  assertEquals(refused(asKey, key({ notBefore: "2026-06-02" })), no);
  assertEquals(refused(asKey, root()), no);
  assertEquals(refused(trust, key()), no);
  assertEquals(refused(trust, root({ identity: `${IDENTITY}0` })), no);
  assertEquals(refused(trust, root({}, "c".repeat(64))), no);
});
