/**
 * Signatures in `verify`: one bundle when everything is warm, by a key and
 * keyless, and a directory of 1 000 statements of rebuilders, read and counted.
 * These limits are times, not ratios, as the issue that set them named them.
 *
 * @module
 */

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
import { signerOf, verified } from "../stand_in/keyless.ts";
import { SigstoreStandIn } from "../stand_in/sigstore.ts";
import {
  DSSE_BUNDLE,
  KEY,
  STATEMENT,
  trusting,
} from "../verify/attest/keyed_bundle.ts";
import { median } from "./ratio.ts";

const STATEMENTS = 1_000;
const DIRECTORY_MS_MAX = 5_000;
const BUNDLE_MS_MAX = 50;
const RUNS = 25;
const DIGEST = "a".repeat(64);

/** Measures bundles and a directory of them. */
export async function benchStatements(): Promise<boolean> {
  await using standIn = new SigstoreStandIn();
  const keyless = await signStatementKeyless(
    STATEMENT,
    signerOf(standIn, ["rekor1", "tsa"]),
  );
  const results = [
    one("one bundle by a key", () => verifyBundle(DSSE_BUNDLE, trusting())),
    one("one keyless bundle", () => verified(standIn, keyless)),
    await directory(),
  ];
  return results.every(Boolean);
}

function one(name: string, work: () => { readonly status: string }): boolean {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    if (work().status !== "verified") throw new Error(`${name} is refused`);
    if (run > 0) times.push(performance.now() - start);
  }
  return print(name, median(times), BUNDLE_MS_MAX);
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
    return print(`${STATEMENTS} statements`, ms, DIRECTORY_MS_MAX);
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

function print(name: string, ms: number, limitMs: number): boolean {
  const good = ms <= limitMs;
  Deno.stdout.writeSync(new TextEncoder().encode(
    `${good ? "ok  " : "OVER"}  ${name.padEnd(48)}  ${
      ms.toFixed(1)
    } ms, limit ${limitMs} ms\n`,
  ));
  return good;
}
