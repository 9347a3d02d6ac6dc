/**
 * What our strict layer refuses beyond `@sigstore/verify`, one by one: each
 * forgery here is accepted by the library, which is shown, and refused by us
 * for its own code. The day the library refuses one itself, its row goes.
 * `docs/threats.md` has the list for readers.
 */

import "../../verify/attest/deno_digest_shim.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../release/sign/keyless.ts";
import { decodeBase64, encodeBase64 } from "../../verify/attest/base64.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
} from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { servicesOf, signerOf, trustIn } from "../stand_in/keyless.ts";
import { IDENTITY, ISSUER, SigstoreStandIn } from "../stand_in/sigstore.ts";
import {
  ARTIFACT,
  bytesOf,
  STATEMENT,
  SUBJECT,
} from "../verify/attest/keyed_bundle.ts";

// deno-lint-ignore no-explicit-any -- what a forger writes has no type
type Document = any;

interface Forgery {
  readonly code: string;
  /** Changes the document of a statement by all witnesses. */
  readonly change?: (document: Document) => void;
  /** Changes its text. */
  readonly text?: (text: string) => string;
  /** Signs something else instead. */
  readonly sign?: (standIn: SigstoreStandIn) => Promise<Uint8Array>;
  readonly artifact?: Uint8Array;
  readonly identity?: string;
  /** Milliseconds that our clock is behind theirs. */
  readonly behindMs?: number;
}

const entryOf = (document: Document) =>
  document.verificationMaterial.tlogEntries[1];

/** Every further refusal; the heading is the row of the document. */
const BEYOND: Readonly<Record<string, Forgery>> = {
  "a media type that nobody defined": {
    code: "bundle-media-type",
    change: (document) =>
      document.mediaType = "application/vnd.dev.sigstore.bundle.v9.9+json",
  },
  "an older media type, with the inclusion proofs dropped": {
    code: "bundle-media-type",
    sign: (standIn) =>
      signStatementKeyless(STATEMENT, signerOf(standIn, ["rekor1"])),
    change: (document) => {
      document.mediaType =
        "application/vnd.dev.sigstore.bundle+json;version=0.1";
      document.verificationMaterial.tlogEntries.forEach((entry: Document) =>
        delete entry.inclusionProof
      );
    },
  },
  "a member that nobody knows": {
    code: "bundle-malformed",
    change: (document) => document.note = "trust me",
  },
  "a member twice": {
    code: "bundle-malformed",
    text: (text) =>
      text.replace('"mediaType"', '"mediaType": "x", "mediaType"'),
  },
  "characters in base64 that decoders skip": {
    code: "bundle-malformed",
    change: (document) => {
      const [signature] = document.dsseEnvelope.signatures;
      signature.sig = `${signature.sig.slice(0, 8)}*${signature.sig.slice(8)}`;
    },
  },
  "another spelling of the same JSON": {
    code: "bundle-not-canonical",
    text: (text) => text.replaceAll("\n", "\n "),
  },
  "a statement about another artifact": {
    code: "subject-mismatch",
    artifact: bytesOf("another artifact\n"),
  },
  "a predicate type that nobody asked for": {
    code: "predicate-type-unexpected",
    sign: (standIn) =>
      signStatementKeyless(
        makeStatement([SUBJECT], PREDICATE_TYPE.release, { predicate: {} }),
        signerOf(standIn, ["rekor1", "rekor2", "tsa"]),
      ),
  },
  "a time in the future": { code: "time-in-future", behindMs: 3600_000 },
  "an identity of which the trusted one is the beginning": {
    code: "identity-unexpected",
    identity: IDENTITY.slice(0, -1),
  },
  "another size of the tree than was signed": {
    code: "log-entry-invalid",
    change: (document) => entryOf(document).inclusionProof.treeSize += "0",
  },
  "another index than the proof's": {
    code: "log-entry-invalid",
    change: (document) => entryOf(document).logIndex = "7",
  },
  "a timestamp whose status is no grant": {
    code: "timestamp-invalid",
    change: (document) => {
      const [token] = document.verificationMaterial.timestampVerificationData
        .rfc3161Timestamps;
      const bytes = decodeBase64(token.signedTimestamp);
      bytes[8] = 2;
      token.signedTimestamp = encodeBase64(bytes);
    },
  },
};

/** The library's own answer, with the policy that its users write. */
function libraryAccepts(
  standIn: SigstoreStandIn,
  bundle: Uint8Array,
  { artifact = ARTIFACT, identity = IDENTITY }: Forgery,
): boolean {
  const entity = toSignedEntity(
    bundleFromJSON(JSON.parse(new TextDecoder().decode(bundle))),
    Buffer.from(artifact),
  );
  new Verifier(toTrustMaterial(trustIn(standIn).root.root)).verify(entity, {
    subjectAlternativeName: identity,
    extensions: { issuer: ISSUER },
  });
  return true;
}

for (const [name, forgery] of Object.entries(BEYOND)) {
  Deno.test(`beyond the library: ${name}`, async () => {
    await using standIn = new SigstoreStandIn();
    const signed = await (forgery.sign?.(standIn) ??
      signStatementKeyless(
        STATEMENT,
        signerOf(standIn, ["rekor1", "rekor2", "tsa"]),
      ));
    const document = JSON.parse(new TextDecoder().decode(signed));
    forgery.change?.(document);
    const text = canonicalJson(document);
    const bundle = bytesOf(forgery.text?.(text) ?? text);
    assertEquals(libraryAccepts(standIn, bundle, forgery), true);
    const { status, checks } = verifyBundle(bundle, {
      name: "bundle",
      trust: trustIn(standIn, {
        identity: forgery.identity ?? IDENTITY,
      }),
      expect: {
        kind: "artifact",
        artifact: new MemoryReader(forgery.artifact ?? ARTIFACT),
        predicateTypes: [PREDICATE_TYPE.provenance],
      },
      now: new Date(standIn.now.getTime() - (forgery.behindMs ?? 0)),
    });
    assertEquals(status, "refused");
    const first = checks.find((check) => check.status === "fail");
    assertEquals(first?.code, forgery.code, first?.observed);
  });
}

const COUNTED = "two tokens of one clock counted as two";

Deno.test(`beyond the library: ${COUNTED}`, async () => {
  await using standIn = new SigstoreStandIn();
  standIn.stampStepMs = 1000;
  const services = servicesOf(standIn, ["rekor1", "tsa"]);
  const [tsa = ""] = services.timestampAuthorities;
  const bundle = await signBlobKeyless(
    ARTIFACT,
    signerOf(standIn, [], {
      services: { ...services, timestampAuthorities: [tsa, tsa] },
    }),
  );
  const entity = toSignedEntity(
    bundleFromJSON(JSON.parse(new TextDecoder().decode(bundle))),
    Buffer.from(ARTIFACT),
  );
  new Verifier(toTrustMaterial(trustIn(standIn).root.root), {
    timestampThreshold: 3,
  }).verify(entity);
  const { checks } = verifyBundle(bundle, {
    name: "bundle",
    trust: trustIn(standIn, { timesMin: 3 }),
    expect: { kind: "blob", artifact: new MemoryReader(ARTIFACT) },
    now: standIn.now,
  });
  assertEquals(
    checks.filter((check) => check.status === "fail").map(({ code }) => code),
    ["witness-too-few"],
  );
});

Deno.test("docs/threats.md lists what is refused beyond the library", () => {
  const text = Deno.readTextFileSync(
    new URL("../../docs/threats.md", import.meta.url),
  );
  for (const name of [...Object.keys(BEYOND), COUNTED]) {
    assertStringIncludes(text.replace(/\s+/g, " "), `- ${name}`);
  }
});
