/**
 * Forgeries of keyless bundles: witnesses of another signature, parts that no
 * signature covers, and a mutation walk over the decoded bytes.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { ReproofError } from "../../verify/error.ts";
import { Buffer } from "node:buffer";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../release/sign/keyless.ts";
import { decodeBase64, encodeBase64 } from "../../verify/attest/base64.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import type { Json } from "../../verify/strict_json.ts";
import { signerOf, trustIn, verified } from "../stand_in/keyless.ts";
import { extension, type LeafOptions } from "../stand_in/certificate.ts";
import { implicit, sequence, utf8 } from "../stand_in/der.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import {
  ARTIFACT,
  bytesOf,
  failures,
  STATEMENT,
} from "../verify/attest/keyed_bundle.ts";

// deno-lint-ignore no-explicit-any
type Document = any;

function parse(bundle: Uint8Array): Document {
  return JSON.parse(new TextDecoder().decode(bundle));
}

function write(document: Document): Uint8Array {
  return bytesOf(canonicalJson(document as Json));
}

/** A bundle with every kind of witness. */
function fullBundle(standIn: SigstoreStandIn): Promise<Uint8Array> {
  return signStatementKeyless(
    STATEMENT,
    signerOf(standIn, ["rekor1", "rekor2", "tsa"]),
  );
}

const TRANSPLANTS: Readonly<
  Record<string, [string, (document: Document, other: Document) => void]>
> = {
  "the first log's entry": [
    "log log-entry-invalid",
    (document, other) => {
      document.verificationMaterial.tlogEntries[0] =
        other.verificationMaterial.tlogEntries[0];
    },
  ],
  "the second log's entry": [
    "log log-entry-invalid",
    (document, other) => {
      document.verificationMaterial.tlogEntries[1] =
        other.verificationMaterial.tlogEntries[1];
    },
  ],
  "the timestamp": [
    "timestamps timestamp-invalid",
    (document, other) => {
      document.verificationMaterial.timestampVerificationData =
        other.verificationMaterial.timestampVerificationData;
    },
  ],
  "the certificate": [
    "signature signature-invalid",
    (document, other) => {
      document.verificationMaterial.certificate =
        other.verificationMaterial.certificate;
    },
  ],
  "the checkpoint": [
    "log log-entry-invalid",
    (document, other) => {
      document.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint =
        other.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint;
    },
  ],
  "the promise": [
    "log log-entry-invalid",
    (document, other) => {
      document.verificationMaterial.tlogEntries[0].inclusionPromise =
        other.verificationMaterial.tlogEntries[0].inclusionPromise;
    },
  ],
};

for (const [name, [check, transplant]] of Object.entries(TRANSPLANTS)) {
  Deno.test(`T2, T16 ${name} of another bundle is refused`, async () => {
    await using standIn = new SigstoreStandIn();
    const document = parse(await fullBundle(standIn));
    const other = parse(await fullBundle(standIn));
    transplant(document, other);
    const result = verified(standIn, write(document));
    assertEquals(failures(result), [check]);
  });
}

const UNSIGNED: Readonly<Record<string, [string, (entry: Document) => void]>> =
  {
    "the size of the tree": [
      "log-claims log-entry-invalid",
      (entry) => entry.inclusionProof.treeSize = "9999",
    ],
    "the root of the tree": [
      "log-claims log-entry-invalid",
      (entry) =>
        entry.inclusionProof.rootHash = encodeBase64(new Uint8Array(32)),
    ],
    "the index of the entry": [
      "log-claims log-entry-invalid",
      (entry) => entry.logIndex = "3",
    ],
    "a time that nobody promised": [
      "log-claims log-entry-invalid",
      (entry) => entry.integratedTime = "1767225600",
    ],
    "text after the checkpoint": [
      "log-claims log-entry-invalid",
      (entry) => entry.inclusionProof.checkpoint.envelope += "more\n",
    ],
  };

for (const [name, [check, change]] of Object.entries(UNSIGNED)) {
  Deno.test(`T12 ${name}, which the library leaves unread, is refused`, async () => {
    await using standIn = new SigstoreStandIn();
    const document = parse(
      await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor2", "tsa"])),
    );
    assertEquals(verified(standIn, write(document)).status, "verified");
    change(document.verificationMaterial.tlogEntries[0]);
    assertEquals(failures(verified(standIn, write(document))), [check]);
  });
}

Deno.test("T3 names that are the same in seven bits only are refused", async () => {
  // "s/1." and U+EFC6E are equal once the highest bit of each byte is gone.
  assertEquals(Buffer.from("\u{efc6e}").toString("ascii"), "s/1.");
  const trusted = "https://ci.example/r.yml@refs/tags/1.2.0";
  const lookalike = trusted.replace("s/1.", "\u{efc6e}");
  const issuer = "https://tokens/1.example";
  await using standIn = new SigstoreStandIn();
  const sign = (leaf: { identity: string; issuer: string }) => {
    standIn.leaf = leaf;
    return signBlobKeyless(
      ARTIFACT,
      signerOf(standIn, ["rekor1"], { trust: trustIn(standIn, leaf) }),
    );
  };
  const trust = { identity: trusted, issuer };
  const verify = (bundle: Uint8Array) =>
    failures(verified(standIn, bundle, { trust }));
  assertEquals(verify(await sign(trust)), []);
  assertEquals(verify(await sign({ identity: lookalike, issuer })), [
    "identity identity-unexpected",
  ]);
  assertEquals(
    verify(
      await sign({
        identity: trusted,
        issuer: issuer.replace("s/1.", "\u{efc6e}"),
      }),
    ),
    ["issuer identity-unexpected"],
  );
});

const TRUSTED = Buffer.from(IDENTITY);
const uri = (text: string) => implicit(6, Buffer.from(text));

/** Certificates that an authority should not have issued. */
const MISISSUED: Readonly<Record<string, Partial<LeafOptions>>> = {
  "the trusted name and another": {
    names: [uri(IDENTITY), uri(`${IDENTITY}0`)],
  },
  "another name and the trusted one": {
    names: [uri(`${IDENTITY}0`), uri(IDENTITY)],
  },
  "the trusted name twice": { names: [uri(IDENTITY), uri(IDENTITY)] },
  "no name": { names: [] },
  "the trusted name as a host": { names: [implicit(2, TRUSTED)] },
  "the trusted name and a NUL": { names: [uri(`${IDENTITY}\0`)] },
  "the trusted name in other letters": { names: [uri(IDENTITY.toUpperCase())] },
  "a byte order mark before the name": { names: [uri(`\ufeff${IDENTITY}`)] },
  "another name in a second extension": {
    more: [extension("2.5.29.17", sequence(uri(`${IDENTITY}0`)))],
  },
  "another issuer in a second extension": {
    more: [extension("1.3.6.1.4.1.57264.1.8", utf8(`${ISSUER}0`))],
  },
};

for (const [name, leaf] of Object.entries(MISISSUED)) {
  Deno.test(`T3 a certificate with ${name} is refused`, async () => {
    await using standIn = new SigstoreStandIn();
    const sign = () => signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1"]));
    await sign();
    standIn.leaf = leaf;
    // Our own verification is the first that it meets.
    const error = await assertRejects(sign, ReproofError);
    assertEquals(error.code, "signing-failed");
  });
}

Deno.test("T5 a second-generation entry without a timestamp is refused", async () => {
  await using standIn = new SigstoreStandIn();
  const document = parse(
    await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor2", "tsa"])),
  );
  delete document.verificationMaterial.timestampVerificationData;
  assertEquals(failures(verified(standIn, write(document))), [
    "timestamps timestamp-invalid",
  ]);
});

Deno.test("T10 an entry without its inclusion proof is refused", async () => {
  await using standIn = new SigstoreStandIn();
  const document = parse(
    await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1"])),
  );
  delete document.verificationMaterial.tlogEntries[0].inclusionProof;
  assertEquals(failures(verified(standIn, write(document))), [
    "structure bundle-malformed",
  ]);
});

Deno.test("a response whose status is not a grant is no timestamp", async () => {
  await using standIn = new SigstoreStandIn();
  const document = parse(
    await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor2", "tsa"])),
  );
  const [token] =
    document.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
  const bytes = decodeBase64(token.signedTimestamp);
  assertEquals([...bytes.subarray(4, 9)], [0x30, 3, 2, 1, 0]);
  for (const status of [1, 2, 5]) {
    bytes[8] = status;
    token.signedTimestamp = encodeBase64(bytes);
    assertEquals(failures(verified(standIn, write(document))), [
      "timestamp-form timestamp-invalid",
    ]);
  }
});

/** Every text of a document with its path. */
function* leaves(
  value: Document,
  path: readonly string[] = [],
): Generator<[readonly string[], string]> {
  if (typeof value === "string") yield [path, value];
  else {
    for (const key of Object.keys(value)) {
      yield* leaves(value[key], [...path, key]);
    }
  }
}

function withLeaf(
  document: Document,
  path: readonly string[],
  text: string,
): Document {
  const copy = structuredClone(document);
  const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
  parent[path.at(-1) ?? ""] = text;
  return copy;
}

/** The bytes behind a text: decoded, where it is base64. */
function bytesBehind(text: string): { bytes: Uint8Array; isBase64: boolean } {
  const decoded = decodeBase64(text);
  const isBase64 = text.length >= 24 && encodeBase64(decoded) === text;
  return { bytes: isBase64 ? decoded : bytesOf(text), isBase64 };
}

/** Changes one bit of the bytes behind a text; null when that is no text. */
function flipLeaf(text: string, at: number, bit: number): string | null {
  const { bytes, isBase64 } = bytesBehind(text);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  try {
    return isBase64
      ? encodeBase64(bytes)
      : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const SEED = 20260131;
/** Every byte in CI, where a minute more is a minute well spent. */
const STEP = Deno.env.get("CI") === "true" ? 1 : 23;

Deno.test(`no flipped bit behind a keyless bundle verifies (seed ${SEED}, one byte in ${STEP})`, async () => {
  await using standIn = new SigstoreStandIn();
  const document = parse(await fullBundle(standIn));
  const trust = trustIn(standIn);
  let state = SEED;
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8;
  const survivors: string[] = [];
  let flips = 0;
  for (const [path, text] of leaves(document)) {
    const { length } = bytesBehind(text).bytes;
    // Short texts are tried in four places at least.
    const step = Math.max(1, Math.min(STEP, Math.floor(length / 4)));
    for (let at = random() % step; at < length; at += step) {
      const changed = flipLeaf(text, at, random() % 8);
      if (changed === null) continue;
      flips++;
      const forged = write(withLeaf(document, path, changed));
      if (verified(standIn, forged, { trust }).status === "verified") {
        survivors.push(`${path.join(".")} at ${at}`);
      }
    }
  }
  assertEquals(survivors, []);
  assertEquals(flips > (STEP === 1 ? 5000 : 250), true, String(flips));
});
