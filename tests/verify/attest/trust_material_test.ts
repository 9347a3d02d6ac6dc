/**
 * What is kept of a trusted root between bundles says nothing of the next
 * bundle: each is judged as if it were the first.
 */

import { assertEquals } from "@std/assert";
import { signStatementKeyless } from "../../../release/sign/keyless.ts";
import { decodeBase64, encodeBase64 } from "../../../verify/attest/base64.ts";
import { canonicalJson } from "../../../verify/attest/canonical_json.ts";
import { signerOf, trustIn, verified } from "../../stand_in/keyless.ts";
import { SigstoreStandIn } from "../../stand_in/sigstore.ts";
import { bytesOf, failures, STATEMENT } from "./keyed_bundle.ts";

/** The bundle with the signature on its certificate changed. */
function forgedCertificate(bundle: Uint8Array): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(bundle));
  const { certificate } = document.verificationMaterial;
  const der = decodeBase64(certificate.rawBytes);
  const last = der.length - 1;
  der[last] = (der[last] ?? 0) ^ 1;
  certificate.rawBytes = encodeBase64(der);
  return bytesOf(canonicalJson(document));
}

Deno.test("one root judges good and forged bundles in any order", async () => {
  await using standIn = new SigstoreStandIn();
  await using stranger = new SigstoreStandIn();
  const sign = (by: SigstoreStandIn) =>
    signStatementKeyless(STATEMENT, signerOf(by, ["rekor1", "tsa"]));
  const good = await sign(standIn);
  const foreign = await sign(stranger);
  const forged = forgedCertificate(good);
  const trust = trustIn(standIn);
  for (const bundle of [forged, good, forged, foreign, good, foreign, forged]) {
    const kept = verified(standIn, bundle, { trust });
    assertEquals(kept, verified(standIn, bundle));
    assertEquals(
      failures(kept),
      bundle === good
        ? []
        : bundle === forged
        ? ["certificate certificate-invalid"]
        : ["timestamps timestamp-invalid"],
    );
  }
});
