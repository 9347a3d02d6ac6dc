/**
 * Does this installation, on this machine, refuse what must be refused? A tiny
 * release is made, and must verify; then it is touched, and must not. A program
 * that says go to everything would pass any test but this one.
 *
 * The gate runs as it does for anybody, under the same sandbox; everything lies
 * in a private directory that is removed at the end.
 *
 * @module
 */

import { join } from "@std/path";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import { keyGateSigner } from "../gate/gate_signer.ts";
import { runGate } from "../gate/gate.ts";
import { readInputs } from "../gate/inputs.ts";
import { archiveName, RELEASE_FILES } from "../layout.ts";
import { writeKeyPair } from "../sign/keygen.ts";
import { loadSigningKey } from "../sign/signing_key.ts";
import { verifyRelease } from "../verification/verification.ts";

/** One thing that must hold. */
export interface SelfTestStep {
  readonly name: string;
  readonly holds: boolean;
  readonly observed: string;
}

/** How to run the self-test. */
export interface SelfTestOptions {
  readonly now: Date;
  readonly signal: AbortSignal;
}

const NAME = "selftest";
const TARGET = "any";
const LINE = "mode=aot contract=aot-v1";
/** Where a bit is flipped: inside the compressed data of an archive. */
const ARCHIVE_OFFSET = 40;

/** Runs every step; stops after the first that leaves nothing to go on with. */
export async function selfTest(
  options: SelfTestOptions,
): Promise<SelfTestStep[]> {
  const place = Deno.makeTempDirSync({ prefix: "reproof-doctor-" });
  try {
    return await steps(place, options);
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
}

async function steps(
  place: string,
  { now, signal }: SelfTestOptions,
): Promise<SelfTestStep[]> {
  const [key, publicKey] = [join(place, "key.pem"), join(place, "key.pub")];
  const [otherKey, other] = [join(place, "o.pem"), join(place, "o.pub")];
  writeKeyPair(key, publicKey);
  writeKeyPair(otherKey, other);
  const project = join(place, "project");
  writeProject(project);
  const output = join(place, "release");
  const { report, directory } = await runGate({
    project,
    output,
    inputs: readInputs(project, {
      policyPath: undefined,
      signer: keyGateSigner(loadSigningKey(key)),
      now,
    }),
    tag: "v1.0.0",
    now,
    clock: now,
    rebuild: { signal },
  });
  const reason = report.decision.reasons[0];
  const made: SelfTestStep = {
    name: "a release of a program that reproduces is a go",
    holds: report.decision.outcome === "go",
    observed: reason === undefined
      ? report.decision.outcome
      : `${report.decision.outcome}: ${reason.code} (${reason.subject})`,
  };
  if (!made.holds) return [made];
  const verified = async (trusted: string) => {
    const { decision } = await verifyRelease(directory, {
      trust: {
        kind: "keys",
        keys: [{ id: "self-test", key: loadPublicKey(trusted) }],
      },
      policy: null,
      now,
    });
    return {
      outcome: decision.outcome,
      codes: decision.reasons.map(({ code }) => code),
    };
  };
  const refused = async (
    name: string,
    trusted: string,
    code: string,
  ): Promise<SelfTestStep> => {
    const { outcome, codes } = await verified(trusted);
    return {
      name,
      holds: outcome === "no-go" && codes.some((one) => one === code),
      // The one that was meant, where it is among them.
      observed: `${outcome}: ${
        codes.find((one) => one === code) ?? codes[0] ?? "no reason"
      }`,
    };
  };
  const whole = await verified(publicKey);
  const results: SelfTestStep[] = [made, {
    name: "it verifies",
    holds: whole.outcome === "go",
    observed: whole.outcome,
  }, await refused("another key is refused", other, "signature-invalid")];
  const archive = archiveName({ name: NAME, version: "1.0.0" }, TARGET);
  for (
    const [file, offset] of [
      [archive, ARCHIVE_OFFSET],
      [RELEASE_FILES.report, 0],
    ] as const
  ) {
    const path = join(directory, file);
    const bytes = Deno.readFileSync(path);
    const touched = bytes.slice();
    touched[offset] = (touched[offset] ?? 0) ^ 1;
    Deno.writeFileSync(path, touched);
    results.push(
      await refused(
        `one changed bit in ${file} is refused`,
        publicKey,
        "digest-mismatch",
      ),
    );
    Deno.writeFileSync(path, bytes);
  }
  return results;
}

function writeProject(path: string): void {
  Deno.mkdirSync(path);
  const write = (file: string, value: unknown) =>
    Deno.writeTextFileSync(
      join(path, file),
      typeof value === "string" ? value : JSON.stringify(value),
    );
  write("build.sh", `echo '${LINE}' > artifact\n`);
  write("reproof.json", {
    schemaVersion: 1,
    name: NAME,
    version: "1.0.0",
    sourceDateEpoch: 1767225600,
    toolchains: {
      deno: {
        executable: Deno.execPath(),
        versionArgs: ["eval", "console.log(Deno.version.deno)"],
        pin: "version",
      },
    },
    targets: {
      [TARGET]: {
        build: [{ argv: ["/bin/sh", "build.sh"] }],
        artifacts: [{ name: "artifact", path: "artifact" }],
      },
    },
    buildInfo: { keys: ["mode", "contract"] },
    metadata: { mode: "aot", contract: "aot-v1" },
  });
  write("reproof.lock.json", {
    schemaVersion: 1,
    host: null,
    toolchains: { deno: { pin: "version", version: Deno.version.deno } },
  });
  write("reproof.policy.json", {
    schemaVersion: 1,
    project: NAME,
    resource: `pkg:generic/${NAME}`,
    targets: { required: [TARGET] },
    source: { commit: "optional" },
    reproducibility: { verdict: "identical", isolation: "none" },
    metadata: { expect: { mode: "aot", contract: "aot-v1" } },
  });
}
