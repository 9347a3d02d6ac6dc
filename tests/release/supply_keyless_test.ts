/**
 * A builder that signs keylessly: it supplies by the pinned root of the policy,
 * for the gate and for whoever holds the root, and for nobody else.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runGate } from "../../release/gate/gate.ts";
import {
  type GateSigner,
  keyGateSigner,
} from "../../release/gate/gate_signer.ts";
import { readInputs } from "../../release/gate/inputs.ts";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../release/sign/keyless.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { makeSupply } from "../../release/supply/make_supply.ts";
import { readHanded } from "../../release/supply/read_supply.ts";
import { sha256 } from "../../verify/digest.ts";
import { runProgram } from "../cli/program.ts";
import { signerOf, trustIn } from "../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import { BUILDER_KINDS } from "./builders.ts";
import { GOOD_SCRIPT, Workplace } from "./project.ts";

Deno.test("a keyless builder supplies by the root that the policy pins", async () => {
  await using standIn = new SigstoreStandIn();
  using place = new Workplace();
  const root = standIn.trustedRoot();
  Deno.writeFileSync(`${place.path}/root.json`, root);
  const project = (identity: string) =>
    place.script(GOOD_SCRIPT, {
      policy: {
        trust: {
          keys: [{
            id: "gate",
            publicKey: Deno.readTextFileSync(place.publicKey),
          }],
          roots: [{
            id: "stand-in",
            sha256: sha256(root),
            file: "../root.json",
            identities: [{
              id: "builder",
              identity,
              issuer: ISSUER,
              scope: { targets: ["any"], predicateTypes: BUILDER_KINDS },
            }],
          }],
        },
      },
    });
  const keyless = signerOf(standIn, ["rekor1", "tsa"]);
  const signer: GateSigner = {
    trust: trustIn(standIn),
    statement: (statement) => signStatementKeyless(statement, keyless),
    blob: (bytes) => signBlobKeyless(bytes, keyless),
    verifiedAt: () => standIn.now,
  };
  const { now } = standIn;
  const good = project(IDENTITY);
  const output = `${place.path}/handed`;
  const { supply } = await makeSupply({
    project: good,
    output,
    inputs: readInputs(good, {
      policyPath: undefined,
      signer,
      now,
      supplies: ["any"],
    }),
    targets: ["any"],
    now,
    rebuild: { isolation: "none" },
  });
  assertEquals(supply.targets, ["any"]);
  const decide = (from: string) =>
    runGate({
      project: from,
      output: `${place.path}/out-${crypto.randomUUID()}`,
      inputs: readInputs(from, {
        policyPath: undefined,
        signer: keyGateSigner(loadSigningKey(place.key)),
        now,
      }),
      tag: "v1.0.0",
      now,
      clock: now,
      supplies: [readHanded(output)],
      rebuild: { isolation: "none" },
    });
  const { report, directory } = await decide(good);
  assertEquals(report.supplies?.[0]?.id, "builder");
  assertEquals(
    report.decision.outcome,
    "go",
    JSON.stringify(report.decision.reasons),
  );
  const verify = (...flags: string[]) =>
    runProgram([
      ...["verify", directory, "--key", place.publicKey],
      ...["--now", "2026-02-01T00:00:00Z"],
      ...flags,
    ]);
  const held = await verify("--trusted-root", `${place.path}/root.json`);
  assertEquals(held.code, 0, held.stdout + held.stderr);
  // The release names a file for its root; nobody looks there.
  const without = await verify();
  assertEquals(without.code, 1, without.stdout);
  assertStringIncludes(without.stdout, "trusted root");
  const other = await decide(project(`${IDENTITY}x`));
  assertEquals(other.report.decision.outcome, "no-go");
  assertEquals(other.report.decision.reasons[0]?.code, "identity-unexpected");
});
