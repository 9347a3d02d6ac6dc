/**
 * `reproof trust`: whom a policy trusts, for what, why, and until when. Says
 * no when nobody counts at this time, because nothing could verify then.
 *
 * @module
 */

import { POLICY, POLICY_FILE } from "../../policy/policy.ts";
import { escapeText } from "../../verify/escape.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { readDocument } from "../read_document.ts";
import {
  type DescribedSigner,
  type DescribedTrust,
  describeTrust,
} from "../trust_description.ts";

/** The `trust` command. */
export const trustCommand: Command = {
  name: "trust",
  summary: "Show whom a policy trusts, for what, and until when",
  usage: ["trust [POLICY] [--trusted-root FILE]"],
  example: "reproof trust reproof.policy.json",
  flags: [{
    name: "trusted-root",
    value: "FILE",
    repeatable: true,
    help: "Trusted root, found by the digest that the policy pins",
  }],
  operands: [0, 1],
  run(context, args) {
    const policyPath = args.operands[0] ?? POLICY_FILE;
    const trust = describeTrust(readDocument(POLICY, policyPath), {
      policyPath,
      roots: args.values("trusted-root"),
      now: context.now,
    });
    context.out(
      args.has("json")
        ? JSON.stringify(trust, null, 2) + "\n"
        : renderTrust(trust),
    );
    const counts = trust.signers.some((signer) => signer.state === "counts");
    return Promise.resolve(counts ? EXIT.ok : EXIT.failed);
  },
};

function renderTrust(trust: DescribedTrust): string {
  const lines = [
    ...trust.signers.flatMap((signer) => [
      `${signer.kind} "${signer.id}": ${life(signer)}`,
      `  is       ${signer.name}`,
      `  may sign ${signer.vouchesFor}`,
      `  because  ${signer.because}`,
    ]),
    ...trust.roots.flatMap((root) => [
      `trusted root "${root.id}": ${
        root.atHand ? "at hand" : "not at hand"
      }, needs ${root.logsMin} distinct logs, ${root.timesMin} distinct clocks`,
      ...root.contents.map((line) => `  ${line}`),
    ]),
    ...trust.rebuilders.flatMap((rebuilder) => [
      `rebuilder "${rebuilder.id}" of ${rebuilder.operator}: ${
        life(rebuilder)
      }`,
      `  is       ${rebuilder.name}`,
      `  may sign ${rebuilder.vouchesFor}`,
    ]),
    ...Object.entries(trust.quorum).map(([target, threshold]) =>
      `quorum of "${target}": ${threshold} operators that built the same bytes`
    ),
    ...trust.denied.map((denied) => `denied: ${denied}`),
    ...Object.entries(trust.accepts).map(([name, value]) =>
      `accepts: ${name} ${JSON.stringify(value)}`
    ),
  ];
  return [
    ...(trust.signers.length === 0
      ? ["Nobody: the policy names no key and no identity."]
      : []),
    ...lines,
    "",
  ].map((line) => escapeText(line, 4096)).join("\n");
}

function life({ state, expires, daysLeft }: DescribedSigner): string {
  switch (state) {
    case "counts":
      return expires === null
        ? "counts, without an end"
        : `counts until ${expires} (${daysLeft} days left)`;
    case "not-yet":
      return "does not count yet";
    case "expired":
      return `expired on ${expires}`;
  }
}
