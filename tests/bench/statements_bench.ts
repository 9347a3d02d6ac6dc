/**
 * Signatures in `verify`: one bundle when everything is warm, by a key and
 * keyless, the memory that a process holds for one, and a directory of 1 000
 * statements of rebuilders, read and counted. These limits are times and
 * sizes, not ratios, as the issue that set them named them; the processor time
 * stands beside each, which a busy machine does not stretch.
 *
 * @module
 */

import process from "node:process";
import { fromFileUrl } from "@std/path";
import { readEvidence } from "../../release/evidence_files.ts";
import { signStatementKeyless } from "../../release/sign/keyless.ts";
import { signStatement } from "../../release/sign/sign.ts";
import { countBallot } from "../../release/verification/ballot.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
} from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { URI } from "../../verify/attest/vocabulary.ts";
import { makePolicy } from "../policy/make.ts";
import { signerOf, trustIn, verified } from "../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import {
  ARTIFACT,
  DSSE_BUNDLE,
  KEY,
  STATEMENT,
  trusting,
} from "../verify/attest/keyed_bundle.ts";
import { costOf, report } from "./cost.ts";
import { median } from "./ratio.ts";

const MAIN = fromFileUrl(new URL("../../mod.ts", import.meta.url));

const STATEMENTS = 1_000;
const DIRECTORY_MS_MAX = 5_000;
const BUNDLE_MS_MAX = 50;
const BUNDLE_MB_MAX = 120;
const RUNS = 25;
const WARM_UPS = 5;
const DIGEST = "a".repeat(64);

/** Measures bundles and a directory of them. */
export async function benchStatements(): Promise<boolean> {
  await using standIn = new SigstoreStandIn();
  const keyless = await signStatementKeyless(
    STATEMENT,
    signerOf(standIn, ["rekor1", "tsa"]),
  );
  const trust = trustIn(standIn);
  const results = [
    one("one bundle by a key", () => verifyBundle(DSSE_BUNDLE, trusting())),
    one("one keyless bundle", () => verified(standIn, keyless, { trust })),
    one("one keyless bundle and its root", () => verified(standIn, keyless)),
    await memory(standIn, keyless),
    await directory(),
  ];
  return results.every(Boolean);
}

function one(name: string, work: () => { readonly status: string }): boolean {
  const times: number[] = [];
  const processor: number[] = [];
  for (let run = -WARM_UPS; run < RUNS; run++) {
    const start = performance.now();
    const before = process.cpuUsage();
    if (work().status !== "verified") throw new Error(`${name} is refused`);
    if (run < 0) continue;
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
  }
  return print(name, median(times), {
    limitMs: BUNDLE_MS_MAX,
    processorMs: median(processor),
  });
}

/** The most memory that `attest verify` of one keyless bundle holds. */
async function memory(
  standIn: SigstoreStandIn,
  bundle: Uint8Array,
): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const path = (name: string) => `${folder}/${name}`;
    await Deno.writeFile(path("root.json"), standIn.trustedRoot());
    await Deno.writeFile(path("artifact"), ARTIFACT);
    await Deno.writeFile(path("a.sigstore.json"), bundle);
    const { code, memoryMb, wallMs } = await costOf(Deno.execPath(), [
      ...["run", "--no-check", "--cached-only", "--allow-read", MAIN],
      ...["attest", "verify", path("a.sigstore.json")],
      ...["--artifact", path("artifact"), "--identity", IDENTITY],
      ...["--issuer", ISSUER, "--trusted-root", path("root.json")],
      ...["--now", standIn.now.toISOString()],
    ]);
    if (code !== 0) throw new Error(`attest verify ended with ${code}`);
    return report(
      memoryMb <= BUNDLE_MB_MAX,
      `${"memory of attest verify, one keyless bundle".padEnd(48)}  ${
        memoryMb.toFixed(0)
      } MB, limit ${BUNDLE_MB_MAX} MB; ${wallMs.toFixed(0)} ms cold`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function directory(): Promise<boolean> {
  const path = await Deno.makeTempDir();
  try {
    for (let index = 0; index < STATEMENTS / 2; index++) {
      for (const kind of ["provenance", "comparison"] as const) {
        await Deno.writeFile(
          `${path}/${index}.${kind}.sigstore.json`,
          await signStatement(said(`tool-${index}`, kind), KEY),
        );
      }
    }
    const policy = makePolicy({
      quorum: {
        rebuilders: [{
          id: "a",
          operator: "A",
          publicKey: KEY.publicKey.object.export({
            type: "spki",
            format: "pem",
          }),
        }],
        targets: { "linux-x64": 1 },
      },
    });
    const before = process.cpuUsage();
    const start = performance.now();
    const { votes } = countBallot(readEvidence([path]), {
      policy,
      about: { recipeSha256: DIGEST, version: "1.0.0", treeSha256: DIGEST },
      files: { policyPath: "", roots: [] },
      deny: [],
      now: new Date("2026-01-31T12:00:00Z"),
    });
    const ms = performance.now() - start;
    if (votes.length !== STATEMENTS / 2) throw new Error("votes are missing");
    const { user, system } = process.cpuUsage(before);
    return print(`${STATEMENTS} statements`, ms, {
      limitMs: DIRECTORY_MS_MAX,
      processorMs: (user + system) / 1000,
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

function said(artifact: string, kind: "provenance" | "comparison") {
  const sha256 = DIGEST;
  const externalParameters = {
    recipe: { name: "tool", digest: { sha256 } },
    target: "linux-x64",
    version: "1.0.0",
  };
  return makeStatement(
    [{ name: `linux-x64/${artifact}`, digest: { sha256 } }],
    PREDICATE_TYPE.provenance,
    {
      predicate: kind === "provenance"
        ? {
          buildDefinition: {
            buildType: URI.rebuild,
            externalParameters,
            internalParameters: {
              artifact: { name: artifact, digest: { sha256 } },
              run: "control",
              axes: {},
              toolchains: {},
            },
            resolvedDependencies: [{ name: "source-list", digest: { sha256 } }],
          },
        }
        : {
          buildDefinition: {
            buildType: URI.comparison,
            externalParameters: { ...externalParameters, artifact },
            resolvedDependencies: [{ name: "control", digest: { sha256 } }],
          },
          runDetails: {
            byproducts: [{ annotations: { verdict: "identical" } }],
          },
        },
    },
  );
}

function print(
  name: string,
  ms: number,
  { limitMs, processorMs }: { limitMs: number; processorMs: number },
): boolean {
  return report(
    ms <= limitMs,
    `${name.padEnd(48)}  ${ms.toFixed(1)} ms, limit ${limitMs} ms; ${
      processorMs.toFixed(1)
    } ms of processor`,
  );
}
