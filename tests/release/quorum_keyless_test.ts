/**
 * A rebuilder that signs keylessly: it counts by the pinned root of the policy,
 * for the gate, for its own verification, and for whoever holds the root.
 */

import { assertEquals } from "@std/assert";
import { runGate } from "../../release/gate/gate.ts";
import { keyGateSigner } from "../../release/gate/gate_signer.ts";
import { readInputs } from "../../release/gate/inputs.ts";
import { readEvidence } from "../../release/evidence_files.ts";
import { signStatementKeyless } from "../../release/sign/keyless.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { sha256 } from "../../verify/digest.ts";
import { runProgram } from "../cli/program.ts";
import { signerOf } from "../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import { GOOD_SCRIPT, Workplace } from "./project.ts";

Deno.test("a keyless rebuilder counts by the root that the policy pins", async () => {
  await using standIn = new SigstoreStandIn();
  using place = new Workplace();
  const root = standIn.trustedRoot();
  const project = place.script(GOOD_SCRIPT, {
    policy: {
      trust: {
        keys: [{
          id: "gate",
          publicKey: Deno.readTextFileSync(place.publicKey),
        }],
        // A root of rebuilders alone trusts nobody with the release itself.
        roots: [{ id: "stand-in", sha256: sha256(root), file: "../root.json" }],
      },
      quorum: {
        rebuilders: [{
          id: "ci",
          operator: "Bolt",
          root: "stand-in",
          identity: IDENTITY,
          issuer: ISSUER,
        }],
        targets: { any: 1 },
      },
    },
  });
  Deno.writeFileSync(`${place.path}/root.json`, root);
  const says = `${place.path}/says`;
  const made = await runProgram([
    "rebuild",
    project,
    "--key",
    place.key,
    "--evidence",
    says,
  ]);
  assertEquals(made.code, 0, made.stderr);
  const evidence = await Promise.all(
    readEvidence([says]).map(async ({ name, bytes }) => {
      const { dsseEnvelope } = JSON.parse(new TextDecoder().decode(bytes));
      return {
        name,
        bytes: await signStatementKeyless(
          JSON.parse(atob(dsseEnvelope.payload)),
          signerOf(standIn, ["rekor1", "tsa"]),
        ),
      };
    }),
  );
  const { report, directory } = await runGate({
    project,
    output: `${place.path}/out`,
    inputs: readInputs(project, {
      policyPath: undefined,
      signer: keyGateSigner(loadSigningKey(place.key)),
      now: standIn.now,
    }),
    tag: "v1.0.0",
    now: standIn.now,
    clock: standIn.now,
    evidence,
    rebuild: { isolation: "none" },
  });
  assertEquals(
    report.decision.outcome,
    "go",
    JSON.stringify(report.decision.reasons),
  );
  const verify = (...flags: string[]) =>
    runProgram([
      "verify",
      directory,
      "--key",
      place.publicKey,
      "--now",
      "2026-02-01T00:00:00Z",
      ...flags,
    ]);
  // The release names a file for its root; nobody looks there.
  assertEquals((await verify()).code, 1);
  const held = await verify("--trusted-root", `${place.path}/root.json`);
  assertEquals(held.code, 0, held.stdout + held.stderr);
});
