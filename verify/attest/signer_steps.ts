/**
 * The steps that settle whose signature a bundle holds, in order.
 *
 * @module
 */

import type { Step } from "./check_list.ts";

/** Key, library, log, certificate, witnesses. */
export const SIGNER_STEPS: readonly Step[] = [
  {
    name: "key",
    code: "signer-unexpected",
    expected: "the kind of key, and the key, that the caller trusts",
  },
  {
    name: "key-validity",
    code: "key-outside-validity",
    expected: "a time inside the validity of the key",
  },
  {
    name: "witness-material",
    code: "witness-unexpected",
    expected: "no log entry or timestamp that cannot be verified",
  },
  {
    name: "timestamp-form",
    code: "timestamp-invalid",
    expected: "timestamps whose unsigned parts have their one value",
  },
  {
    name: "timestamps",
    code: "timestamp-invalid",
    expected: "timestamps that the trusted root vouches for",
  },
  {
    name: "certificate",
    code: "certificate-invalid",
    expected: "a certificate that the trusted root vouches for",
  },
  {
    name: "log",
    code: "log-entry-invalid",
    expected: "log entries of this signature that the trusted root vouches for",
  },
  {
    name: "log-claims",
    code: "log-entry-invalid",
    expected: "entries whose index, size and root are those of the checkpoint",
  },
  {
    name: "log-signer",
    code: "log-entry-invalid",
    expected: "entries that name the signer of the bundle",
  },
  {
    name: "signature",
    code: "signature-invalid",
    expected: "a signature of the content by the key",
  },
  {
    name: "second-opinion",
    code: "signature-invalid",
    expected: "the same answer from node:crypto",
  },
  {
    name: "certificate-use",
    code: "certificate-invalid",
    expected: "an end-entity certificate for code signing",
  },
  {
    name: "identity",
    code: "identity-unexpected",
    expected: "the trusted identity, to the letter",
  },
  {
    name: "issuer",
    code: "identity-unexpected",
    expected: "the trusted issuer, to the letter",
  },
  {
    name: "witnesses",
    code: "witness-too-few",
    expected: "distinct logs and sources of time",
  },
  {
    name: "not-in-future",
    code: "time-in-future",
    expected: "no signing time after now",
  },
];
