/**
 * The bundle vectors of the public sigstore-conformance suite, each decided
 * right. They lie beside the repository (`../shared/vectors`), not in it; a
 * clone without that neighbour reports the test as ignored, except in CI,
 * which has it.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { loadPublicKey } from "../../../verify/attest/public_key.ts";
import { parseTrustedRoot } from "../../../verify/attest/trusted_root.ts";
import { verifyBundle } from "../../../verify/attest/verify_bundle.ts";
import { ReproofError } from "../../../verify/error.ts";
import { MemoryReader } from "../../../verify/reader.ts";

const VECTORS = new URL(
  "../../../../shared/vectors/sigstore-conformance/",
  import.meta.url,
);
const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/** After every vector was made. */
const NOW = new Date("2026-11-20T00:00:00Z");

/** The check that refuses each bad bundle; `key` when the key does not load. */
const REFUSED_BY: Readonly<Record<string, string>> = {
  "bundle-empty-certificate-chain_fail": "structure",
  "bundle-from-wrong-instance_fail": "certificate",
  "bundle-malformed-json_fail": "json",
  "bundle-negative-log-index_fail": "structure",
  "bundle-with-root-cert_fail": "structure",
  "checkpoint-wrong-roothash_fail": "log",
  "dsse-invalid-sig_fail": "log",
  "dsse-mismatch-sig_fail": "log",
  "inclusion-proof-corrupted-hash_fail": "log",
  "incorrect-public-key_fail": "log",
  "intoto-expired-certificate_fail": "certificate",
  "intoto-log-entry-mismatch_fail": "log",
  "intoto-set-outside-signing-cert-validity_fail": "certificate",
  "intoto-tsa-timestamp-outside-cert-validity_fail": "certificate",
  "invalid-checkpoint-signature_fail": "log",
  "invalid-ct-key_fail": "certificate",
  "message-digest-mismatch_fail": "log",
  "rekor2-checkpoint-missing-log-signature_fail": "log",
  "rekor2-checkpoint-missing-origin_fail": "log",
  "rekor2-checkpoint-missing-size_fail": "log",
  "rekor2-dsse-invalid-sig_fail": "log",
  "rekor2-dsse-mismatch-sig_fail": "log",
  "rekor2-no-timestamp_fail": "timestamps",
  "rekor2-timestamp-outside-trust-root-tsa-validity_fail": "timestamps",
  "rekor2-timestamp-payload-mismatch_fail": "timestamps",
  "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail": "timestamps",
  "set-invalid-signature_fail": "log",
  "trust-root-tlog-missing-validity-start_fail": "log",
  "wrong-hashedrekord-artifact_fail": "log",
  "wrong-hashedrekord-cert-and-sig_fail": "log",
  "wrong-material_fail": "signature",
};

/**
 * Checks by which the strict reader refuses a good vector where it is not the
 * spelling alone: older media types, and statements of types not asked for.
 */
const STRICTER: Readonly<Record<string, readonly string[]>> = {
  "happy-path-v0.2": ["media-type"],
  "trust-root-tlog-validity-end-inclusive": ["media-type"],
  "happy-path-intoto-in-dsse-v3": ["spelling", "predicate-type"],
  "rekor2-dsse-happy-path": ["spelling", "predicate-type"],
};

function cases(): string[] | undefined {
  try {
    return [...Deno.readDirSync(VECTORS)].filter((entry) => entry.isDirectory)
      .map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function read(...names: readonly string[]): Uint8Array {
  for (const name of names) {
    try {
      return Deno.readFileSync(new URL(name, VECTORS));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`none of ${names.join(", ")}`);
}

function text(name: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(name, VECTORS)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function decide(
  name: string,
  { foreign = true, notAfter }: { foreign?: boolean; notAfter?: Date } = {},
) {
  const key = text(`${name}/key.pub`);
  const root = parseTrustedRoot(
    read(`${name}/trusted_root.json`, "prod_trusted_root.json"),
    "trusted_root.json",
  );
  return verifyBundle(read(`${name}/bundle.sigstore.json`), {
    name,
    trust: key === undefined
      ? {
        kind: "identity",
        root,
        identity: text(`${name}/identity`) ?? BEACON,
        issuer: text(`${name}/issuer`) ?? ISSUER,
      }
      : {
        kind: "keys",
        keys: [{
          id: "key.pub",
          key: loadPublicKey(`${key}\n`),
          ...(notAfter === undefined ? {} : { notAfter }),
        }],
        root,
      },
    expect: {
      kind: "artifact",
      artifact: new MemoryReader(read(`${name}/artifact`, "a.txt")),
      predicateTypes: [],
    },
    now: NOW,
    foreign,
  });
}

const names = cases();

if (names === undefined && Deno.env.get("CI") === "true") {
  Deno.test("conformance vectors are decided right", () => {
    throw new Error("CI must have ../shared/vectors");
  });
} else if (names === undefined) {
  Deno.test({
    name:
      "conformance vectors are decided right [ignored: ../shared/vectors absent]",
    ignore: true,
    fn: () => {},
  });
} else {
  Deno.test("conformance vectors are there", () => {
    assertEquals((names?.length ?? 0) >= 40, true);
  });
  for (const name of names ?? []) {
    Deno.test(`conformance vector ${name}`, () => {
      if (name === "managed-key-wrong-key_fail") {
        // Its key is no key at all: nothing is verified by it.
        assertThrows(() => decide(name), ReproofError, "does not decode");
        return;
      }
      const result = decide(name);
      const failed = result.checks.filter((check) => check.status === "fail");
      assertEquals(
        failed.map((check) => check.id.split("/")[1]),
        name.endsWith("_fail") ? [REFUSED_BY[name]] : [],
        failed.map((check) => check.observed).join("\n"),
      );
      assertEquals(
        result.status,
        name.endsWith("_fail") ? "refused" : "verified",
      );
    });
  }

  Deno.test("a rotated key counts for what was timestamped in its time", () => {
    // The log took the entry on 2025-12-18; the test verifies later.
    const until = (day: string) =>
      decide("managed-key-happy-path", {
        notAfter: new Date(`${day}T00:00:00Z`),
      });
    assertEquals(until("2025-12-31").status, "verified");
    const refused = until("2025-12-01");
    assertEquals(refused.status, "refused");
    assertEquals(
      refused.checks.find((check) => check.status === "fail")?.id,
      "signature/key-validity/managed-key-happy-path",
    );
  });

  Deno.test("the strict reader refuses good vectors for these reasons alone", () => {
    const found = (names ?? []).filter((name) => !name.endsWith("_fail"))
      .map((name) =>
        [
          name,
          decide(name, { foreign: false }).checks.filter((check) =>
            check.status === "fail"
          )
            .map((check) => check.id.split("/")[1] ?? ""),
        ] as const
      );
    assertEquals(
      found,
      found.map(([name]) => [name, [...STRICTER[name] ?? ["spelling"]]]),
    );
  });
}
