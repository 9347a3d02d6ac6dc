/**
 * Forgeries of single bundles, one named case for each threat of the list that
 * applies to a bundle by itself. Each is refused for its own reason: the test
 * names the check and the code, not only the outcome.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { sign } from "node:crypto";
import { signBlob, signStatement } from "../../release/sign/sign.ts";
import { encodeBase64 } from "../../verify/attest/base64.ts";
import { canonicalJson } from "../../verify/attest/canonical_json.ts";
import { preAuthEncoding } from "../../verify/attest/pae.ts";
import {
  makeStatement,
  PREDICATE_TYPE,
  STATEMENT_PAYLOAD_TYPE,
} from "../../verify/attest/statement.ts";
import { verifyBundle } from "../../verify/attest/verify_bundle.ts";
import { sha256 } from "../../verify/digest.ts";
import { MemoryReader } from "../../verify/reader.ts";
import {
  ARTIFACT,
  BLOB_BUNDLE,
  bytesOf,
  DSSE_BUNDLE,
  failures,
  KEY,
  newKey,
  STATEMENT,
  STRANGER,
  SUBJECT,
  trusting,
  verifyChanged,
} from "../verify/attest/keyed_bundle.ts";

/** A bundle whose payload is signed as it stands, whatever it says. */
function forged(
  payload: string,
  payloadType: string = STATEMENT_PAYLOAD_TYPE,
): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(DSSE_BUNDLE));
  document.dsseEnvelope.payload = encodeBase64(bytesOf(payload));
  document.dsseEnvelope.payloadType = payloadType;
  document.dsseEnvelope.signatures[0].sig = encodeBase64(
    sign(
      "sha256",
      preAuthEncoding(payloadType, bytesOf(payload)),
      KEY.privateKey,
    ),
  );
  return bytesOf(JSON.stringify(document, null, 2) + "\n");
}

Deno.test("the bundles that the forgeries start from verify", () => {
  for (const bundle of [DSSE_BUNDLE, BLOB_BUNDLE]) {
    assertEquals(failures(verifyBundle(bundle, trusting())), []);
    assertEquals(verifyBundle(bundle, trusting()).status, "verified");
  }
  const same = forged(
    atob(
      JSON.parse(new TextDecoder().decode(DSSE_BUNDLE)).dsseEnvelope.payload,
    ),
  );
  assertEquals(verifyBundle(same, trusting()).status, "verified");
});

Deno.test("T1 a statement about another artifact is refused", () => {
  const other = new MemoryReader(bytesOf("another artifact\n"));
  const options = trusting(KEY, {
    expect: {
      kind: "artifact",
      artifact: other,
      predicateTypes: [PREDICATE_TYPE.provenance],
    },
  });
  assertEquals(failures(verifyBundle(DSSE_BUNDLE, options)), [
    "subject subject-mismatch",
  ]);
});

Deno.test("T1 the signature of another file is refused", () => {
  const options = trusting(KEY, {
    expect: { kind: "blob", artifact: new MemoryReader(bytesOf("another\n")) },
  });
  assertEquals(failures(verifyBundle(BLOB_BUNDLE, options)), [
    "signature signature-invalid",
  ]);
});

Deno.test("T1 a signature of other bytes under our digest is refused", async () => {
  const other = await signBlob(bytesOf("another\n"), KEY);
  const signature = JSON.parse(new TextDecoder().decode(other))
    .messageSignature.signature;
  const result = verifyChanged(BLOB_BUNDLE, (document) => {
    document.messageSignature.signature = signature;
  });
  assertEquals(failures(result), ["signature signature-invalid"]);
});

Deno.test("T1 a good signature beside another digest is refused", () => {
  const result = verifyChanged(BLOB_BUNDLE, (document) => {
    document.messageSignature.messageDigest.digest = encodeBase64(
      Uint8Array.fromHex(sha256("another")),
    );
  });
  assertEquals(failures(result), ["message-digest artifact-digest-mismatch"]);
});

Deno.test("T1 a statement that leaves out one file, or names a further one, is refused", async () => {
  const further = { name: "extra", digest: { sha256: sha256("extra") } };
  const expecting = (subjects: typeof SUBJECT[], rule: "exactly" | "among") =>
    trusting(KEY, {
      expect: {
        kind: "statement",
        predicateTypes: [PREDICATE_TYPE.provenance],
        subjects,
        rule,
      },
    });
  const both = await signStatement(
    makeStatement([SUBJECT, further], PREDICATE_TYPE.provenance, {
      predicate: {},
    }),
    KEY,
  );
  const status = (bundle: Uint8Array, options: ReturnType<typeof expecting>) =>
    failures(verifyBundle(bundle, options));
  const mismatch = ["subject subject-mismatch"];
  assertEquals(status(both, expecting([SUBJECT, further], "exactly")), []);
  assertEquals(status(both, expecting([SUBJECT], "exactly")), mismatch);
  assertEquals(status(both, expecting([SUBJECT], "among")), mismatch);
  assertEquals(
    status(DSSE_BUNDLE, expecting([SUBJECT, further], "exactly")),
    mismatch,
  );
  assertEquals(status(DSSE_BUNDLE, expecting([SUBJECT, further], "among")), []);
  assertEquals(status(DSSE_BUNDLE, expecting([], "among")), mismatch);
  const renamed = { name: "relay2", digest: SUBJECT.digest };
  assertEquals(status(DSSE_BUNDLE, expecting([renamed], "exactly")), mismatch);
});

Deno.test("T3 a bundle by another key is refused", async () => {
  const stranger = await signStatement(STATEMENT, STRANGER);
  assertEquals(failures(verifyBundle(stranger, trusting())), [
    "key signer-unexpected",
  ]);
});

Deno.test("T3 another key's signature under the trusted key's hint is refused", async () => {
  const stranger = JSON.parse(
    new TextDecoder().decode(await signStatement(STATEMENT, STRANGER)),
  );
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    document.dsseEnvelope.signatures[0].sig =
      stranger.dsseEnvelope.signatures[0].sig;
  });
  assertEquals(failures(result), ["signature signature-invalid"]);
});

Deno.test("T8 a key outside its validity does not count, on either side", () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  const within = (notBefore: string, notAfter: string) =>
    failures(verifyBundle(
      DSSE_BUNDLE,
      trusting(KEY, {
        trust: {
          kind: "keys",
          keys: [{
            id: "key",
            key: KEY.publicKey,
            notBefore: day(notBefore),
            notAfter: day(notAfter),
          }],
        },
      }),
    ));
  assertEquals(within("2026-01-01", "2026-02-28"), []);
  assertEquals(within("2025-01-01", "2026-01-31"), [
    "key-validity key-outside-validity",
  ]);
  assertEquals(within("2026-02-01", "2026-02-28"), [
    "key-validity key-outside-validity",
  ]);
  const noTime = trusting(KEY, { now: new Date(NaN) });
  assertEquals(failures(verifyBundle(DSSE_BUNDLE, noTime)), [
    "key-validity key-outside-validity",
  ]);
});

Deno.test("T9 a certificate where a key is trusted is refused", () => {
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    document.verificationMaterial = { certificate: { rawBytes: "AAAA" } };
  });
  assertEquals(failures(result).includes("key signer-unexpected"), true);
  assertEquals(result.status, "refused");
});

for (const hint of ["constructor", "__proto__", "toString", ""]) {
  Deno.test(`T9 the hint "${hint}" names no key`, () => {
    const result = verifyChanged(DSSE_BUNDLE, (document) => {
      document.verificationMaterial.publicKey.hint = hint;
    });
    assertEquals(failures(result).includes("key signer-unexpected"), true);
  });
}

Deno.test("T9 an unauthenticated keyid that names another key is refused", () => {
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    document.dsseEnvelope.signatures[0].keyid = STRANGER.publicKey.hint;
  });
  assertEquals(failures(result), [
    "spelling bundle-not-canonical",
    "key signer-unexpected",
  ]);
});

for (
  const mediaType of [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v9.9+json",
    "application/vnd.dev.sigstore.bundle.v0.3+json; charset=utf-8",
    "APPLICATION/VND.DEV.SIGSTORE.BUNDLE.V0.3+JSON",
    "",
  ]
) {
  Deno.test(`T10 the media type "${mediaType}" is refused`, () => {
    const result = verifyChanged(DSSE_BUNDLE, (document) => {
      document.mediaType = mediaType;
    });
    assertEquals(failures(result)[0], "media-type bundle-media-type");
  });
}

Deno.test("T10 a bundle without a media type is refused", () => {
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    delete document.mediaType;
  });
  assertEquals(failures(result), ["media-type bundle-media-type"]);
});

Deno.test("T11 log entries and timestamps that nothing can verify are refused", () => {
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    document.verificationMaterial.timestampVerificationData = {
      rfc3161Timestamps: [{ signedTimestamp: "AAAA" }],
    };
  });
  assertEquals(failures(result), ["witness-material witness-unexpected"]);
});

const WRAPPER_CHANGES: Readonly<
  // deno-lint-ignore no-explicit-any
  Record<string, (document: any) => void>
> = {
  "an added member at the top": (document) => document.note = "x",
  "an added member in the envelope": (document) =>
    document.dsseEnvelope.note = "x",
  "an added member in a signature": (document) =>
    document.dsseEnvelope.signatures[0].cert = "x",
  "an added member in the key": (document) =>
    document.verificationMaterial.publicKey.rawBytes = "AAAA",
  "a second kind of content": (document) =>
    document.messageSignature = {
      messageDigest: { algorithm: "SHA2_256", digest: "AAAA" },
      signature: "AAAA",
    },
  "no content": (document) => delete document.dsseEnvelope,
  "a second kind of key": (document) =>
    document.verificationMaterial.certificate = { rawBytes: "AAAA" },
  "no key": (document) => delete document.verificationMaterial.publicKey,
  "junk in the base64 of the payload": (document) =>
    document.dsseEnvelope.payload = `!${document.dsseEnvelope.payload}`,
  "a line break in the base64 of the payload": (document) =>
    document.dsseEnvelope.payload = `${document.dsseEnvelope.payload}\n`,
  "URL-safe base64 in the signature": (document) =>
    document.dsseEnvelope.signatures[0].sig = document.dsseEnvelope
      .signatures[0].sig.replace(/[+/]|$/, "-"),
  "a number where text belongs": (document) =>
    document.dsseEnvelope.payload = 1,
  "null where an object belongs": (document) =>
    document.verificationMaterial.publicKey = null,
};

for (const [name, change] of Object.entries(WRAPPER_CHANGES)) {
  Deno.test(`T12 ${name} is refused`, () => {
    assertEquals(failures(verifyChanged(DSSE_BUNDLE, change)), [
      "structure bundle-malformed",
    ]);
  });
}

Deno.test("T12 pad bits that are not zero are refused", () => {
  // Six of eight bits of the last character before "==" carry no data.
  const payload = encodeBase64(bytesOf("{}  "));
  assertEquals(payload.endsWith("IA=="), true);
  const result = verifyChanged(DSSE_BUNDLE, (document) => {
    document.dsseEnvelope.payload = payload.replace("IA==", "IB==");
  });
  assertEquals(failures(result), ["structure bundle-malformed"]);
});

Deno.test("T12 base64 without its padding is refused", () => {
  const result = verifyChanged(BLOB_BUNDLE, (document) => {
    const { messageDigest } = document.messageSignature;
    assertEquals(messageDigest.digest.endsWith("="), true);
    messageDigest.digest = messageDigest.digest.replace(/=+$/, "");
  });
  assertEquals(failures(result), ["structure bundle-malformed"]);
});

Deno.test("T12 duplicate and prototype keys are refused", () => {
  const text = new TextDecoder().decode(DSSE_BUNDLE);
  for (
    const changed of [
      text.replace('  "mediaType"', '  "mediaType": "x",\n  "mediaType"'),
      text.replace('  "mediaType"', '  "__proto__": {},\n  "mediaType"'),
      text.replace('        "sig"', '        "sig": "AAAA",\n        "sig"'),
      `\ufeff${text}`,
      `${text}{}`,
      "",
      "null",
      "[]",
      "1",
    ]
  ) {
    const result = verifyBundle(bytesOf(changed), trusting());
    assertEquals(result.status, "refused");
    assertEquals(failures(result).length, 1);
  }
});

Deno.test("T12 white space, escapes and the order of members are one spelling", () => {
  const text = new TextDecoder().decode(DSSE_BUNDLE);
  const document = JSON.parse(text);
  const { mediaType, ...rest } = document;
  for (
    const changed of [
      JSON.stringify(document),
      `${text}\n`,
      text.trimEnd(),
      ` ${text}`,
      text.replaceAll("\n", "\r\n"),
      text.replace("dsseEnvelope", "\\u0064sseEnvelope"),
      JSON.stringify({ mediaType, ...rest }, null, 2) + "\n",
      ...[
        { timestampVerificationData: {} },
        { timestampVerificationData: { rfc3161Timestamps: [] } },
        { tlogEntries: [] },
      ].map((empty) =>
        canonicalJson({
          ...document,
          verificationMaterial: { ...document.verificationMaterial, ...empty },
        })
      ),
      ...["", KEY.publicKey.hint].map((keyid) =>
        canonicalJson({
          ...document,
          dsseEnvelope: {
            ...document.dsseEnvelope,
            signatures: [{ ...document.dsseEnvelope.signatures[0], keyid }],
          },
        })
      ),
    ]
  ) {
    assertEquals(changed === text, false);
    const result = verifyBundle(bytesOf(changed), trusting());
    assertEquals(failures(result), ["spelling bundle-not-canonical"]);
  }
});

Deno.test("T13 another payload type is refused although it is signed", () => {
  const payload = atob(
    JSON.parse(new TextDecoder().decode(DSSE_BUNDLE)).dsseEnvelope.payload,
  );
  for (
    const type of [
      "text/plain",
      "application/vnd.in-toto+json ",
      "application/json",
    ]
  ) {
    const result = verifyBundle(forged(payload, type), trusting());
    assertEquals(failures(result), ["payload-type payload-type-unexpected"]);
  }
});

Deno.test("T13 another predicate type is refused although it is signed", async () => {
  const other = await signStatement(
    makeStatement([SUBJECT], "https://example.com/other/v1", { predicate: {} }),
    KEY,
  );
  assertEquals(failures(verifyBundle(other, trusting())), [
    "predicate-type predicate-type-unexpected",
  ]);
});

const STATEMENT_CHANGES: Readonly<
  // deno-lint-ignore no-explicit-any
  Record<string, (statement: any) => unknown>
> = {
  "another version": (statement) =>
    statement._type = "https://in-toto.io/Statement/v0.1",
  "no subject": (statement) => statement.subject = [],
  "a subject twice": (statement) =>
    statement.subject.push(statement.subject[0]),
  "a subject without a name": (statement) => delete statement.subject[0].name,
  "a digest in upper case": (statement) =>
    statement.subject[0].digest.sha256 = SUBJECT.digest.sha256.toUpperCase(),
  "a second digest": (statement) =>
    statement.subject[0].digest.sha1 = "a".repeat(40),
  "no digest": (statement) => statement.subject[0].digest = {},
  "an added member": (statement) => statement.note = "x",
  "an added member in a subject": (statement) =>
    statement.subject[0].uri = "https://example.com",
  "no predicate": (statement) => delete statement.predicate,
};

for (const [name, change] of Object.entries(STATEMENT_CHANGES)) {
  Deno.test(`T13 a signed statement with ${name} is refused`, () => {
    const statement = structuredClone(STATEMENT);
    change(statement);
    const result = verifyBundle(forged(JSON.stringify(statement)), trusting());
    assertEquals(failures(result), ["statement statement-invalid"]);
  });
}

Deno.test("T13 a signed statement with a duplicate key is refused", () => {
  const text = JSON.stringify(STATEMENT).replace(
    '"predicateType"',
    '"predicateType":"x","predicateType"',
  );
  assertEquals(
    failures(verifyBundle(forged(text), trusting())),
    [
      "statement json-invalid",
    ].map(() => "statement statement-invalid"),
  );
});

Deno.test("T14 no signature and two signatures are refused", () => {
  const none = verifyChanged(DSSE_BUNDLE, (document) => {
    document.dsseEnvelope.signatures = [];
  });
  assertEquals(
    failures(none).includes("signature-count signature-count"),
    true,
  );
  const two = verifyChanged(DSSE_BUNDLE, (document) => {
    document.dsseEnvelope.signatures.push(document.dsseEnvelope.signatures[0]);
  });
  assertEquals(failures(two).includes("signature-count signature-count"), true);
});

Deno.test("an Ed25519 key signs statements, and its file signature is refused", async () => {
  const key = newKey("ed25519");
  const bundle = await signStatement(STATEMENT, key);
  assertEquals(verifyBundle(bundle, trusting(key)).status, "verified");
  const message = verifyChanged(BLOB_BUNDLE, (document) => {
    document.verificationMaterial.publicKey.hint = key.publicKey.hint;
    document.messageSignature.signature = encodeBase64(
      sign(null, ARTIFACT, key.privateKey),
    );
  }, trusting(key));
  assertEquals(failures(message), ["key signer-unexpected"]);
});

Deno.test("the kinds of content cannot stand for each other", () => {
  const statement = verifyBundle(
    DSSE_BUNDLE,
    trusting(KEY, {
      expect: { kind: "blob", artifact: new MemoryReader(ARTIFACT) },
    }),
  );
  assertEquals(failures(statement)[0], "content content-unexpected");
  const blob = verifyBundle(
    BLOB_BUNDLE,
    trusting(KEY, {
      expect: {
        kind: "statement",
        predicateTypes: [PREDICATE_TYPE.provenance],
        subjects: [SUBJECT],
        rule: "exactly",
      },
    }),
  );
  assertEquals(blob.status, "refused");
});

for (
  const [name, bundle] of [
    ["statement", DSSE_BUNDLE],
    ["message", BLOB_BUNDLE],
  ] as const
) {
  Deno.test(`none of ${bundle.length * 8} flipped bits of a ${name} bundle verifies`, () => {
    const survivors: string[] = [];
    let flips = 0;
    for (let at = 0; at < bundle.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = bundle.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        flips++;
        if (verifyBundle(changed, trusting()).status !== "refused") {
          survivors.push(`byte ${at}, bit ${bit}`);
        }
      }
    }
    assertEquals(survivors, []);
    assertEquals(flips, bundle.length * 8);
  });

  Deno.test(`no deleted or doubled byte of a ${name} bundle verifies`, () => {
    const survivors: string[] = [];
    for (let at = 0; at < bundle.length; at++) {
      const before = bundle.subarray(0, at);
      const after = bundle.subarray(at + 1);
      for (
        const changed of [
          [...before, ...after],
          [...before, ...bundle.subarray(at, at + 1), ...bundle.subarray(at)],
          [...before],
        ]
      ) {
        const result = verifyBundle(Uint8Array.from(changed), trusting());
        if (result.status !== "refused") survivors.push(`byte ${at}`);
      }
    }
    assertEquals(survivors, []);
  });
}
