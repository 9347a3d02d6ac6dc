/**
 * The few questions that a policy cannot be drafted without: what the release
 * is called, which targets it must have, whether builds must be identical,
 * whether the source must be a commit, and whom to trust. Each has a proposal
 * that Return takes; an answer that a policy may not hold is asked for again.
 *
 * @module
 */

import type { z } from "zod";
import type { policySchema } from "../policy/policy.ts";
import { loadPublicKey } from "../verify/attest/public_key.ts";
import { ReproofError, UsageError } from "../verify/error.ts";
import { NORMALIZERS } from "../verify/normalize/registry.ts";

type PolicyInput = z.input<typeof policySchema>;

/** Asks one question; null when there will be no further answer. */
export type Ask = (
  question: string,
  proposal: string,
) => Promise<string | null>;

interface Question {
  readonly text: string;
  proposal(policy: PolicyInput): string;
  /** The policy with the answer; throws a {@linkcode ReproofError} for none. */
  take(policy: PolicyInput, answer: string): PolicyInput;
}

const TRIES_MAX = 5;

const QUESTIONS: readonly Question[] = [
  {
    text: "Package URL of the releases, without version",
    proposal: (policy) => policy.resource,
    take: (policy, answer) =>
      /^pkg:[a-z]+\/[^@\s]+$/.test(answer)
        ? { ...policy, resource: answer }
        : refuse("a package URL such as pkg:generic/tool", answer),
  },
  {
    text: "Targets that every release must have",
    proposal: (policy) => policy.targets.required.join(" "),
    take: (policy, answer) => {
      const known = [
        ...policy.targets.required,
        ...policy.targets.optional ?? [],
      ];
      const required = [...new Set(answer.split(/[\s,]+/).filter(Boolean))];
      const unknown = required.find((target) => !known.includes(target));
      if (required.length === 0 || unknown !== undefined) {
        return refuse(`some of ${known.join(" ")}`, unknown ?? "none");
      }
      return {
        ...policy,
        targets: {
          required,
          optional: known.filter((target) => !required.includes(target)),
        },
      };
    },
  },
  {
    text:
      "Must two builds be identical, or may fields differ that mean nothing" +
      " (identical, equivalent)",
    proposal: (policy) => policy.reproducibility.verdict ?? "identical",
    take: (policy, answer) => {
      if (answer !== "identical" && answer !== "equivalent") {
        return refuse("identical or equivalent", answer);
      }
      return {
        ...policy,
        reproducibility: {
          ...policy.reproducibility,
          verdict: answer,
          normalizers: answer === "identical"
            ? []
            : NORMALIZERS.map(({ id }) => id).sort(),
        },
      };
    },
  },
  {
    text: "Must the source be a clean commit (yes, no)",
    proposal: (policy) => policy.source?.commit === "optional" ? "no" : "yes",
    take: (policy, answer) =>
      answer === "yes" || answer === "no"
        ? {
          ...policy,
          source: { commit: answer === "yes" ? "required" : "optional" },
        }
        : refuse("yes or no", answer),
  },
  {
    text: "File of a public key to trust, or none",
    proposal: (policy) =>
      (policy.trust?.keys ?? []).length > 0 ? "done" : "none",
    take: (policy, answer) => {
      if (answer === "none" || answer === "done") return policy;
      const { object } = loadPublicKey(answer);
      const keys = policy.trust?.keys ?? [];
      return {
        ...policy,
        trust: {
          ...policy.trust,
          keys: [...keys, {
            id: `key-${keys.length + 1}`,
            publicKey: object.export({ type: "spki", format: "pem" })
              .toString(),
          }],
        },
      };
    },
  },
];

/**
 * Asks every question and returns the policy that the answers give.
 *
 * @param refused Told why an answer was not taken.
 * @throws {UsageError} `usage` when no answer that could be taken was given.
 */
export async function askPolicy(
  draft: PolicyInput,
  ask: Ask,
  refused: (reason: string) => void,
): Promise<PolicyInput> {
  let policy = draft;
  for (const question of QUESTIONS) {
    policy = await answered(question, policy, { ask, refused });
  }
  return policy;
}

async function answered(
  question: Question,
  policy: PolicyInput,
  { ask, refused }: {
    readonly ask: Ask;
    readonly refused: (reason: string) => void;
  },
): Promise<PolicyInput> {
  const proposal = question.proposal(policy);
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const answer = await ask(question.text, proposal);
    if (answer === null) break;
    try {
      return question.take(policy, answer.trim() || proposal);
    } catch (error) {
      if (!(error instanceof ReproofError)) throw error;
      refused(error.message);
    }
  }
  throw new UsageError("usage", "Asking what the policy should say", {
    expected: `an answer to "${question.text}"`,
    observed: "none that a policy may hold",
    next: "Run it with --yes to take every proposal, and edit the file.",
  });
}

function refuse(expected: string, observed: string): never {
  throw new UsageError("usage", "Reading the answer", {
    expected,
    observed: `"${observed}"`,
  });
}
