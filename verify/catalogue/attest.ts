/**
 * Codes of keys, statements, envelopes and bundles.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of keys, statements, envelopes and bundles. */
export const ATTEST_CODES = {
  "trust-from-release": {
    title: "Trust is taken from the release",
    meaning:
      "A key, policy or trusted root lies in the directory that it is to judge, so whoever made the release chose whom to trust; nothing was verified.",
    next:
      "Fetch the publisher's key or write your policy elsewhere, and give that file.",
    waivable: false,
  },
  "trust-missing": {
    title: "Nobody is trusted",
    meaning:
      "No key and no identity was given to judge signatures by, so nothing was verified.",
    next:
      "Give --key FILE, or --trusted-root FILE with --identity and --issuer, from a source other than the release.",
    waivable: false,
  },
  "bundle-malformed": {
    title: "A bundle is malformed",
    meaning:
      "The file is not a Sigstore bundle of known members with one meaning, so its signature says nothing.",
    next: "Fetch the bundle again from the publisher.",
    waivable: false,
  },
  "bundle-media-type": {
    title: "A bundle has another media type",
    meaning:
      "Other versions of the format prove less; a bundle of a release must be v0.3.",
    next:
      "Fetch the bundle again; for a bundle of another tool use reproof attest verify --foreign.",
    waivable: false,
  },
  "bundle-not-canonical": {
    title: "A bundle is not spelled canonically",
    meaning: "The text was changed after it was signed, if only in its spaces.",
    next:
      "Fetch the bundle again; for a bundle of another tool use reproof attest verify --foreign.",
    waivable: false,
  },
  "signature-count": {
    title: "A bundle does not hold exactly one signature",
    meaning: "It is unclear whose word the bundle is.",
    next: "Fetch the bundle again; one signer makes one bundle.",
    waivable: false,
  },
  "payload-type-unexpected": {
    title: "A signed payload has another type",
    meaning: "What was signed is not an in-toto statement.",
    next: "Fetch the bundle again from the publisher.",
    waivable: false,
  },
  "signer-unexpected": {
    title: "A bundle is signed by somebody else",
    meaning:
      "The key or kind of key in the bundle is not the one that is trusted.",
    next:
      "Check that the key is the publisher's and belongs to this release; if it is, treat the bundle as forged.",
    waivable: false,
  },
  "key-outside-validity": {
    title: "A key is outside its validity",
    meaning: "The trusted key does not count at this time.",
    next:
      "Ask the publisher for a signature by the current key, or correct the validity in the policy.",
    waivable: false,
  },
  "witness-unexpected": {
    title: "A bundle holds witnesses that nothing can verify",
    meaning:
      "Log entries or timestamps are there, but no trusted root to judge them by.",
    next: "Give --trusted-root FILE as well.",
    waivable: false,
  },
  "timestamp-invalid": {
    title: "A timestamp does not verify",
    meaning: "No trusted clock says when the signature was made.",
    next: "Check that the trusted root belongs to this signer.",
    waivable: false,
  },
  "certificate-invalid": {
    title: "A certificate does not verify",
    meaning:
      "The signing certificate does not chain to the trusted root at the time of signing.",
    next: "Check that the trusted root belongs to this signer.",
    waivable: false,
  },
  "log-entry-invalid": {
    title: "A log entry does not verify",
    meaning:
      "No trusted transparency log has recorded this signature of this content.",
    next: "Check that the trusted root belongs to this signer.",
    waivable: false,
  },
  "signature-invalid": {
    title: "A signature does not verify",
    meaning:
      "The content was changed, or the signature was made by another key.",
    next: "Treat the files as forged; fetch them again from the publisher.",
    waivable: false,
  },
  "identity-unexpected": {
    title: "A certificate names another identity",
    meaning:
      "Somebody signed, but not the identity and issuer that are trusted. They are compared to the letter.",
    next:
      "Compare expected and observed; correct the policy only if the publisher moved.",
    waivable: false,
  },
  "witness-too-few": {
    title: "Too few distinct witnesses",
    meaning:
      "Several entries of one log, or tokens of one clock, count as one witness.",
    next: "Ask the publisher to sign with more logs or timestamp authorities.",
    waivable: false,
  },
  "time-in-future": {
    title: "A signature is from the future",
    meaning: "A witness names a time after now.",
    next: "Check the clock of this machine, or the value of --now.",
    waivable: false,
  },
  "content-unexpected": {
    title: "A bundle holds another kind of content",
    meaning:
      "A statement was expected and a signature of a file found, or the reverse.",
    next: "Give the bundle that belongs to the file.",
    waivable: false,
  },
  "artifact-digest-mismatch": {
    title: "A signature is of another file",
    meaning: "The digest that was signed is not the digest of the file given.",
    next: "Treat the file as changed; fetch it again with its bundle.",
    waivable: false,
  },
  "statement-invalid": {
    title: "A statement is not valid",
    meaning:
      "The payload is not an in-toto Statement v1 with unique subjects and SHA-256 digests.",
    next: "Correct the tool that writes it, or fetch the bundle again.",
    waivable: false,
  },
  "predicate-type-unexpected": {
    title: "A statement says something else",
    meaning: "The predicate type is not one that was asked for.",
    next:
      "Give the bundle of the expected type; --foreign admits others for a single bundle.",
    waivable: false,
  },
  "subject-mismatch": {
    title: "A statement is about other files",
    meaning:
      "The names and digests in the statement are not those of the files at hand.",
    next: "Treat the files as changed; fetch them again with their bundles.",
    waivable: false,
  },
  "trusted-root-invalid": {
    title: "A trusted root is not valid",
    meaning: "The file cannot be read as a Sigstore trusted root.",
    next: "Fetch trusted_root.json again from where it was pinned.",
    waivable: false,
  },
  "public-key-invalid": {
    title: "A public key is not valid",
    meaning: "The file is not a public key that signatures are judged by.",
    next: "Give the .pub file that reproof keygen wrote.",
    waivable: false,
  },
  "passphrase-too-short": {
    title: "A passphrase is too short",
    meaning: "No key was made.",
    next: "Choose a longer passphrase, or --no-passphrase for a throwaway key.",
    waivable: false,
  },
  "passphrase-wrong": {
    title: "A passphrase does not open the key",
    meaning: "The signing key cannot be used, so nothing was signed.",
    next: "Check the passphrase and the variable that holds it.",
    waivable: false,
  },
  "signing-key-unreadable": {
    title: "A signing key cannot be read",
    meaning: "The private key file is missing or protected.",
    next: "Check the path, or make a key with reproof keygen.",
    waivable: false,
  },
  "signing-key-exposed": {
    title: "A signing key is readable by others",
    meaning: "Anybody on the machine could sign in its name.",
    next: "Run chmod 600 on it, and make a new key if others had access.",
    waivable: false,
  },
  "signing-key-invalid": {
    title: "A signing key is not valid",
    meaning: "The file is not a private key that releases are signed with.",
    next: "Make a key with reproof keygen.",
    waivable: false,
  },
  "signing-failed": {
    title: "Signing failed",
    meaning:
      "No signature came about that our own verifier accepts, so nothing is signed.",
    next: "Check the key; report it when the key is good.",
    waivable: false,
  },
  "signing-unavailable": {
    title: "A signing service did not answer",
    meaning:
      "Nothing is signed: an outage never ends as an unsigned release that counts.",
    next: "Run again when the service is back, or sign with a key.",
    waivable: false,
  },
  "identity-token-missing": {
    title: "There is no identity token",
    meaning:
      "Keyless signing needs a token of the CI system, and none is there.",
    next:
      "Allow the job to request tokens (GitHub: permissions id-token: write; GitLab: id_tokens).",
    waivable: false,
  },
  "identity-token-invalid": {
    title: "An identity token cannot be read",
    meaning: "What was found is not a JSON web token, so nothing was signed.",
    next: "Check the source of the token; its content is not shown.",
    waivable: false,
  },
  "der-invalid": {
    title: "A binary structure is malformed",
    meaning:
      "A certificate or timestamp is not DER, so more than one reading is possible.",
    next: "Fetch the bundle again from the publisher.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
