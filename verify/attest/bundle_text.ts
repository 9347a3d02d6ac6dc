/**
 * The one text of a bundle: canonical JSON of its protobuf JSON form, without
 * what nobody vouches for or needs. A `keyid` is not signed and says nothing
 * beyond the hint; an empty list of timestamps says nothing at all.
 *
 * @module
 */

import { type Bundle, bundleToJSON } from "@sigstore/bundle";
import type { Json } from "../strict_json.ts";
import { canonicalJson } from "./canonical_json.ts";

/** Writes a bundle in its one spelling. */
export function bundleText(bundle: Bundle): string {
  const document = bundleToJSON(bundle) as unknown as {
    dsseEnvelope?: { signatures: { keyid?: Json }[] };
    verificationMaterial: {
      timestampVerificationData?: { rfc3161Timestamps?: Json[] };
    };
  };
  for (const signature of document.dsseEnvelope?.signatures ?? []) {
    delete signature.keyid;
  }
  const material = document.verificationMaterial;
  if (!material.timestampVerificationData?.rfc3161Timestamps?.length) {
    delete material.timestampVerificationData;
  }
  return canonicalJson(document as unknown as Json);
}
