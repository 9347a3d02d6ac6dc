/**
 * Keyless signing against the stand-in: every combination of witnesses,
 * outages with retries, services that lie, and what the strict layer adds to
 * the library. Nothing leaves 127.0.0.1.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import {
  signBlobKeyless,
  signStatementKeyless,
} from "../../../release/sign/keyless.ts";
import type { IdentityTrust } from "../../../verify/attest/options.ts";
import { verifyBundle } from "../../../verify/attest/verify_bundle.ts";
import { ReproofError } from "../../../verify/error.ts";
import {
  servicesOf,
  signerOf,
  verified,
  type Witness,
} from "../../stand_in/keyless.ts";
import {
  IDENTITY,
  identityToken,
  ISSUER,
  type Service,
  SigstoreStandIn,
} from "../../stand_in/sigstore.ts";
import {
  ARTIFACT,
  failures,
  STATEMENT,
} from "../../verify/attest/keyed_bundle.ts";

const COMBINATIONS: readonly (readonly Witness[])[] = [
  ["rekor1"],
  ["rekor2", "tsa"],
  ["rekor1", "tsa"],
  ["rekor1", "rekor2", "tsa", "tsa2"],
];

for (const witnesses of COMBINATIONS) {
  Deno.test(`keyless bundles with ${witnesses.join(", ")} verify`, async () => {
    await using standIn = new SigstoreStandIn();
    const signer = signerOf(standIn, witnesses);
    for (
      const bundle of [
        await signStatementKeyless(STATEMENT, signer),
        await signBlobKeyless(ARTIFACT, signer),
        await signBlobKeyless(ARTIFACT, signer),
      ]
    ) {
      const result = verified(standIn, bundle);
      assertEquals(failures(result), []);
      assertEquals(result.status, "verified");
    }
  });
}

Deno.test("without a time from a witness nothing is signed", async () => {
  await using standIn = new SigstoreStandIn();
  for (const witnesses of [[], ["rekor2"], ["tsa"]] as const) {
    const error = await assertRejects(
      () => signBlobKeyless(ARTIFACT, signerOf(standIn, witnesses)),
      ReproofError,
    );
    assertEquals(error.code, "signing-failed");
  }
});

for (
  const service of ["fulcio", "rekor1", "rekor2", "tsa"] as readonly Service[]
) {
  Deno.test(`an outage of ${service} is waited for, and then nothing is signed`, async () => {
    await using standIn = new SigstoreStandIn();
    const waits: number[] = [];
    const signer = signerOf(standIn, ["rekor1", "rekor2", "tsa"], {
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    });
    for (const status of [503, 500, 429, 408]) {
      standIn.outages.set(service, { status, times: 2 });
      waits.length = 0;
      const bundle = await signStatementKeyless(STATEMENT, signer);
      assertEquals(verified(standIn, bundle).status, "verified");
      assertEquals(waits, [1000, 2000]);
    }
    standIn.outages.set(service, { status: 503, times: 100 });
    const error = await assertRejects(
      () => signStatementKeyless(STATEMENT, signer),
      ReproofError,
    );
    assertEquals(error.code, "signing-unavailable");
    assertEquals(error.observed, "status 503 after 4 attempts");
  });

  Deno.test(`a refusal of ${service} is not asked again`, async () => {
    await using standIn = new SigstoreStandIn();
    const signer = signerOf(standIn, ["rekor1", "rekor2", "tsa"]);
    standIn.outages.set(service, { status: 403, times: 100 });
    const error = await assertRejects(
      () => signBlobKeyless(ARTIFACT, signer),
      ReproofError,
    );
    assertEquals(error.observed, "status 403 after 1 attempt");
    assertEquals(standIn.requests.get(service), 1);
  });
}

Deno.test("no service at all is an outage too", async () => {
  const gone = new SigstoreStandIn();
  const signer = signerOf(gone, ["rekor1"]);
  await gone[Symbol.asyncDispose]();
  const error = await assertRejects(
    () => signBlobKeyless(ARTIFACT, signer),
    ReproofError,
  );
  assertEquals(error.code, "signing-unavailable");
  assertEquals(error.observed, "none after 4 attempts");
});

Deno.test("a token of another workflow ends before a bundle is given out", async () => {
  await using standIn = new SigstoreStandIn();
  for (
    const [claims, code] of [
      [{ sub: `${IDENTITY}-evil` }, "signing-failed"],
      [{ iss: "https://other.example" }, "signing-failed"],
    ] as const
  ) {
    const error = await assertRejects(
      () =>
        signBlobKeyless(
          ARTIFACT,
          signerOf(standIn, ["rekor1"], {
            identityToken: identityToken(claims),
          }),
        ),
      ReproofError,
    );
    assertEquals(error.code, code);
  }
});

Deno.test("T3, T4 identities and issuers are literal", async () => {
  await using standIn = new SigstoreStandIn();
  const bundle = await signBlobKeyless(
    ARTIFACT,
    signerOf(standIn, ["rekor1"]),
  );
  for (
    const identity of [
      IDENTITY.slice(0, -1),
      `${IDENTITY}0`,
      IDENTITY.replace(".", "x"),
      "https://ci.example/acme/relay",
      ".*",
      "",
    ]
  ) {
    if (identity === "") continue;
    assertEquals(failures(verified(standIn, bundle, { trust: { identity } })), [
      "identity identity-unexpected",
    ]);
  }
  for (
    const issuer of [`${ISSUER}/`, "https://token", "https://token.examplf"]
  ) {
    assertEquals(failures(verified(standIn, bundle, { trust: { issuer } })), [
      "issuer identity-unexpected",
    ]);
  }
});

Deno.test("T5 a certificate that had run out when it was used is refused", async () => {
  await using standIn = new SigstoreStandIn();
  standIn.leaf = { lifeMs: -1000 };
  const error = await assertRejects(
    () => signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1"])),
    ReproofError,
    "certificate",
  );
  assertEquals(error.code, "signing-failed");
});

Deno.test("T6 a signature from the future is refused, a little skew is not", async () => {
  await using standIn = new SigstoreStandIn();
  for (const witnesses of [["rekor1"], ["rekor2", "tsa"]] as const) {
    const bundle = await signBlobKeyless(
      ARTIFACT,
      signerOf(standIn, witnesses),
    );
    const at = (ms: number) =>
      failures(verified(standIn, bundle, {
        now: new Date(standIn.now.getTime() + ms),
      }));
    assertEquals(at(-5 * 60_000), []);
    assertEquals(at(-5 * 60_000 - 1000), ["not-in-future time-in-future"]);
    assertEquals(at(365 * 24 * 3600_000), []);
  }
});

Deno.test("T7 a backdated timestamp does not help: every clock counts", async () => {
  await using standIn = new SigstoreStandIn();
  standIn.stampStepMs = -60 * 60 * 1000;
  const sign = () =>
    signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1", "tsa"]));
  assertEquals(verified(standIn, await sign()).status, "verified");
  // The second stamp is an hour before the certificate was issued.
  const error = await assertRejects(sign, ReproofError, "certificate chain");
  assertEquals(error.code, "signing-failed");
});

Deno.test("T9 a keyless bundle is not a keyed one, nor the reverse", async () => {
  await using standIn = new SigstoreStandIn();
  const bundle = await signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1"]));
  const { KEY, BLOB_BUNDLE, trusting } = await import(
    "../../verify/attest/keyed_bundle.ts"
  );
  assertEquals(failures(verifyBundle(bundle, trusting(KEY))), [
    "key signer-unexpected",
  ]);
  assertEquals(failures(verified(standIn, BLOB_BUNDLE)), [
    "key signer-unexpected",
  ]);
});

Deno.test("T11 logs and clocks are counted once each", async () => {
  await using standIn = new SigstoreStandIn();
  const services = servicesOf(standIn, ["rekor1", "tsa"]);
  const [tsa = ""] = services.timestampAuthorities;
  const twice = () =>
    signBlobKeyless(
      ARTIFACT,
      signerOf(standIn, [], {
        services: { ...services, timestampAuthorities: [tsa, tsa] },
      }),
    );
  const demand = (bundle: Uint8Array, trust: Partial<IdentityTrust>) =>
    failures(verified(standIn, bundle, { trust }));
  const oneLog = await signBlobKeyless(
    ARTIFACT,
    signerOf(standIn, ["rekor1", "tsa"]),
  );
  assertEquals(demand(oneLog, { logsMin: 1, timesMin: 2 }), []);
  assertEquals(demand(oneLog, { logsMin: 2 }), ["witnesses witness-too-few"]);
  assertEquals(demand(oneLog, { timesMin: 3 }), ["witnesses witness-too-few"]);
  // The same token twice is refused by the library; another of the same
  // authority is not, and counts once here.
  await assertRejects(twice, ReproofError, "duplicate timestamp");
  standIn.stampStepMs = 1000;
  const oneClockTwice = await twice();
  assertEquals(demand(oneClockTwice, { timesMin: 2 }), []);
  assertEquals(demand(oneClockTwice, { timesMin: 3 }), [
    "witnesses witness-too-few",
  ]);
  const both = await signBlobKeyless(
    ARTIFACT,
    signerOf(standIn, ["rekor1", "rekor2", "tsa", "tsa2"]),
  );
  assertEquals(demand(both, { logsMin: 2, timesMin: 3 }), []);
  assertEquals(demand(both, { logsMin: 3, timesMin: 3 }), [
    "witnesses witness-too-few",
  ]);
});

Deno.test("T15 a root of somebody else is refused", async () => {
  await using standIn = new SigstoreStandIn();
  await using other = new SigstoreStandIn();
  const bundle = await signBlobKeyless(
    ARTIFACT,
    signerOf(other, ["rekor1", "tsa"]),
  );
  assertEquals(verified(other, bundle).status, "verified");
  assertEquals(failures(verified(standIn, bundle)), [
    "timestamps timestamp-invalid",
  ]);
});

Deno.test("a certificate for another use, or of an authority, signs nothing", async () => {
  await using standIn = new SigstoreStandIn();
  for (
    const leaf of [{ use: "1.3.6.1.5.5.7.3.1" }, { isAuthority: true }]
  ) {
    standIn.leaf = leaf;
    const error = await assertRejects(
      () => signBlobKeyless(ARTIFACT, signerOf(standIn, ["rekor1"])),
      ReproofError,
    );
    assertEquals(
      error.expected,
      "an end-entity certificate for code signing",
    );
  }
});
