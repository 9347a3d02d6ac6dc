/**
 * Codes of policies, waivers, gates and decisions.
 *
 * @module
 */

import type { CatalogueEntry } from "./entry.ts";

/** Codes of policies, waivers, gates and decisions. */
export const POLICY_CODES = {
  "policy-invalid": {
    title: "The policy is not valid",
    meaning: "The policy does not fit its schema, so nothing was decided.",
    next:
      "Correct the policy at the path named; reproof policy check repeats this test.",
    waivable: false,
  },
  "signer-out-of-scope": {
    title: "A signer vouches for more than it may",
    meaning:
      "The signature is good, but the policy does not let this signer vouch for this target or kind of statement.",
    next:
      "Have the right signer sign it, or widen the scope in your policy if that is what you mean.",
    waivable: false,
  },
  "trusted-root-missing": {
    title: "A trusted root is not at hand",
    meaning:
      "The policy pins a trusted root by its digest, and no file with it was given, so nothing was verified.",
    next:
      "Give the file with --trusted-root FILE; never take it from the release.",
    waivable: false,
  },
  "trusted-root-mismatch": {
    title: "A trusted root is not the pinned one",
    meaning:
      "The file has another digest than the policy pins, so nothing was verified.",
    next:
      "Fetch the pinned file, or review the new one and change the pin in your policy.",
    waivable: false,
  },
  "resource-unexpected": {
    title: "The decision is about something else",
    meaning:
      "It may be a good decision, but not about the resource or channel that was asked for.",
    next: "Fetch the release that you asked for; check the name you gave.",
    waivable: false,
  },
  "decision-too-old": {
    title: "The decision is older than it may be",
    meaning:
      "A newer decision is known or demanded; an old one may lack what was fixed since.",
    next:
      "Fetch the current release. If its publisher went back on purpose, remove the entry from your memory file.",
    waivable: false,
  },
  "policy-not-accepted": {
    title: "The decision was made by a policy that is not accepted",
    meaning:
      "The policy that decided is older than your least version, or not one of those you accept.",
    next:
      "Ask the publisher to decide by the current policy, or accept this one.",
    waivable: false,
  },
  "denied": {
    title: "Somebody or something on the deny list",
    meaning:
      "The deny list revokes this file, key or identity; nothing that it vouches for counts.",
    next:
      "Do not use the release. The entry says why; ask its publisher for a new one.",
    waivable: false,
  },
  "quorum-not-met": {
    title: "Too few independent rebuilders agree",
    meaning:
      "The policy asks for more operators that built the same bytes than have said so.",
    next:
      "Collect their statements with reproof rebuild --key FILE --evidence DIR, and pass the directory with --evidence.",
    waivable: false,
  },
  "rebuilders-disagree": {
    title: "A rebuilder built other bytes",
    meaning:
      "Somebody that the policy counts on built something else from the same recipe and source, or could not build the same twice.",
    next:
      "Read what separates them, and find the cause with reproof compare before anything ships.",
    waivable: false,
  },
  "rebuilder-not-counted": {
    title: "A statement of a rebuilder does not count",
    meaning:
      "The release carries a statement of a rebuilder that its policy does not count.",
    next: "Treat the release as changed; fetch it again.",
    waivable: false,
  },
  "deny-list-invalid": {
    title: "The deny list is not valid",
    meaning: "What is revoked cannot be read, so nothing was verified.",
    next: "Correct the list at the path named.",
    waivable: false,
  },
  "memory-invalid": {
    title: "The memory file is not valid",
    meaning:
      "What was accepted before cannot be read, so an older release could not be told.",
    next: "Restore the file; remove it only if you mean to forget.",
    waivable: false,
  },
  "target-missing": {
    title: "A required target is missing",
    meaning:
      "The matrix of the policy is not complete, so the release is not either.",
    next:
      "Build every artifact of the target, or change the policy's matrix with its owners.",
    waivable: false,
  },
  "target-unexpected": {
    title: "A target that the policy does not know",
    meaning: "The release holds a target that nobody decided to support.",
    next:
      "Add the target to the policy as required or optional, or leave it out.",
    waivable: false,
  },
  "not-compared": {
    title: "Two builds could not be compared",
    meaning:
      "A build failed, a limit was reached or a format is not supported; nothing is known of its reproducibility.",
    next:
      "Read the checks of the build gate first, then the limits of the comparison.",
    waivable: false,
  },
  "not-reproducible": {
    title: "Two builds differ",
    meaning:
      "The same source and toolchain gave different bytes that nothing accounts for.",
    next:
      "Read the differences and their causes; fix the build or declare a bounded tolerance.",
    waivable: true,
  },
  "verdict-below-policy": {
    title: "Equivalent, but the policy asks for more",
    meaning:
      "The builds differ only in accounted fields, yet the policy asks for identical bytes or does not allow what accounted for them.",
    next:
      "Make the build bit-for-bit reproducible, or allow the normalisers that the report names.",
    waivable: true,
  },
  "artifact-copied": {
    title: "An artifact was not built but copied",
    meaning:
      "It is byte for byte a file that both builds were given, from the source or from what prepare left. Two builds that hand on one file always agree, so nothing is known of how it was made.",
    next:
      "Build it in a build step. A file that only goes with a program belongs in the recipe's bundle. An artifact that ships as it was written, as a script does, is named as TARGET/NAME in reproducibility.copies of the policy: for it the gate proves nothing but that it is that file.",
    waivable: true,
  },
  "isolation-too-weak": {
    title: "The builds were less isolated than the policy asks",
    meaning:
      "Without isolation a build can see the host, the network and the other build.",
    next: "Install bubblewrap, or let the policy accept isolation none.",
    waivable: true,
  },
  "axis-not-varied": {
    title: "An axis that the policy asks for was not varied",
    meaning:
      "The builds agreed in surroundings that were not different enough to prove it.",
    next:
      "Run on a host that can vary the axis; reproof rebuild lists what it could not vary.",
    waivable: false,
  },
  "source-not-committed": {
    title: "The source is not a clean commit",
    meaning: "Nobody can fetch what this was built from.",
    next: "Commit or discard the changes and run again from a checkout.",
    waivable: true,
  },
  "waiver-unused": {
    title: "A waiver covers nothing",
    meaning:
      "The finding it was made for is gone, or its scope names another subject.",
    next: "Remove the waiver, or correct its finding or scope.",
    waivable: false,
  },
  "waiver-expired": {
    title: "A waiver has expired",
    meaning: "Its last day has passed, so it covers nothing any more.",
    next: "Fix the finding, or have its owner renew the waiver.",
    waivable: false,
  },
  "waiver-too-long": {
    title: "A waiver lasts too long",
    meaning: "Waivers may last 90 days at most.",
    next: "Bring its last day closer.",
    waivable: false,
  },
  "waiver-not-waivable": {
    title: "A waiver names a finding that cannot be waived",
    meaning: "Integrity, signatures and missing evidence are never waived.",
    next: "Remove the waiver and deal with the finding.",
    waivable: false,
  },
  "tolerance-unused": {
    title: "A tolerance accounts for nothing",
    meaning: "The field it was made for no longer differs.",
    next: "Remove the tolerance.",
    waivable: false,
  },
  "tolerance-expired": {
    title: "A tolerance has expired",
    meaning: "Its last day has passed, so it accounts for nothing any more.",
    next: "Fix the difference, or have its owner renew the tolerance.",
    waivable: false,
  },
  "tolerance-too-long": {
    title: "A tolerance lasts too long",
    meaning: "Tolerances may last 90 days at most.",
    next: "Bring its last day closer.",
    waivable: false,
  },
  "now-before-source": {
    title: "The decision would come before its source",
    meaning:
      "The time given is earlier than the commit that is released, so it cannot be when this was decided.",
    next: "Leave --now out, or give a time after the commit.",
    waivable: false,
  },
} as const satisfies Record<
  string,
  CatalogueEntry
>;
