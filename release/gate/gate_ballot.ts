/**
 * The votes that a gate decides by: those of the statements that were made
 * elsewhere, and its own when its signer is a rebuilder of the policy. Its own
 * statements are not signed yet; what they will say is read from them all the
 * same, so that a verification finds the same vote in the signed ones.
 *
 * @module
 */

import type { Vote } from "../../policy/quorum.ts";
import { loadPublicKey } from "../../verify/attest/public_key.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import { artifactStatements } from "../statement/artifact_statements.ts";
import {
  countBallot,
  type CountedBallot,
  type EvidenceBundle,
  readSaid,
} from "../verification/ballot.ts";
import type { GateInputs } from "./inputs.ts";

/** Counts the votes for a build. */
export function gateBallot(
  inputs: GateInputs,
  rebuilt: Rebuild,
  options: {
    readonly evidence: readonly EvidenceBundle[];
    /** Targets that were built here; nobody votes on what it did not build. */
    readonly targets: readonly string[];
    readonly now: Date;
  },
): CountedBallot | null {
  const policy = inputs.policy.value;
  if (policy.quorum === undefined) return null;
  const about = {
    recipeSha256: inputs.recipe.sha256,
    version: inputs.recipe.value.version,
    treeSha256: rebuilt.result.source.treeSha256,
  };
  const ballot = countBallot(options.evidence, {
    policy,
    about,
    files: inputs,
    deny: policy.deny,
    now: options.now,
  });
  const id = ownId(inputs);
  if (id === undefined) return ballot;
  // What it said before adds nothing to what it says now.
  const again = (vote: Vote) =>
    vote.rebuilder === id && options.targets.includes(vote.target);
  const foreign = ballot.counted.filter(({ vote }) => !again(vote));
  return {
    votes: [
      ...ballot.votes.filter((vote) => !again(vote)),
      ...ownVotes(inputs, rebuilt, { id, about, targets: options.targets }),
    ],
    uncounted: [
      ...ballot.uncounted,
      ...ballot.counted.filter(({ vote }) => again(vote))
        .map(({ name }) => ({ name, why: "the gate's own signer" })),
    ],
    counted: foreign,
  };
}

/** The rebuilder that the signer of the gate is, when it is one. */
function ownId({ policy, signer }: GateInputs): string | undefined {
  const { trust } = signer;
  return policy.value.quorum?.rebuilders.find((entry) =>
    trust.kind === "identity"
      ? entry.identity === trust.identity && entry.issuer === trust.issuer
      : entry.publicKey !== undefined &&
        trust.keys.some(({ key }) =>
          key.sha256 === loadPublicKey(entry.publicKey ?? "").sha256
        )
  )?.id;
}

function ownVotes(
  inputs: GateInputs,
  { result }: Rebuild,
  { id, about, targets }: {
    readonly id: string;
    readonly targets: readonly string[];
    readonly about: Parameters<typeof readSaid>[1];
  },
): Vote[] {
  const scope = inputs.policy.value.quorum?.rebuilders.find((entry) =>
    entry.id === id
  )?.targets;
  const recipe = {
    name: inputs.recipe.value.name,
    version: about.version,
    sha256: about.recipeSha256,
  };
  return result.artifacts.flatMap((artifact): Vote[] => {
    if (artifact.sha256 === null) return [];
    if (!targets.includes(artifact.target)) return [];
    if (scope !== undefined && !scope.includes(artifact.target)) return [];
    const made = artifactStatements(result, artifact, {
      recipe,
      normalizers: [],
      tolerances: [],
    });
    const build = readSaid(made.provenance, about);
    const compared = readSaid(made.comparison, about);
    if (
      typeof build === "string" || typeof compared === "string" ||
      build.surroundings === null || compared.verdict === null
    ) return [];
    return [{
      rebuilder: id,
      target: build.target,
      artifact: build.artifact,
      sha256: build.sha256,
      verdict: compared.verdict,
      surroundings: build.surroundings,
    }];
  });
}
