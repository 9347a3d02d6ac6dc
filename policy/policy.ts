/**
 * The policy, `reproof.policy.json`: what a release must satisfy, whom it
 * trusts, and what is waived for now.
 *
 * @module
 */

import { z } from "zod";
import { CATALOGUE } from "../verify/catalogue/mod.ts";
import type { DocumentKind } from "../verify/document.ts";
import { ISOLATIONS } from "../verify/rebuild/result.ts";
import { acceptSchema } from "./demands.ts";
import { gateSections } from "./gate_sections.ts";
import { denySchema } from "./deny.ts";
import { date, id, owner, reason } from "./parts.ts";
import { quorumSchema } from "./quorum.ts";
import { supplySchema } from "./supply.ts";
import { trustSchema } from "./trust.ts";

const tolerance = z.strictObject({
  id,
  /** Artifact as named in the recipe. */
  artifact: z.string().min(1),
  /** Exact label of the field, as a comparison prints it. */
  field: z.string().min(1),
  bytesMax: z.int().positive(),
  reason,
  owner,
  /** Last day on which it holds (UTC). */
  expires: date,
});

const waiver = z.strictObject({
  id,
  /** Code of the catalogue. */
  finding: z.string().min(1),
  /** Exact subject of the check: an artifact, target or file. */
  scope: z.string().min(1),
  reason,
  owner,
  /** Last day on which it holds (UTC); at most 90 days ahead. */
  expires: date,
});

const values = z.record(z.string(), z.string());

/** Each is held against every check; a policy of thousands hides something. */
const EXCEPTIONS_MAX = 1_000;
const FEW = `at most ${EXCEPTIONS_MAX} of them`;

const fields = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1, "1"),
  /** Grows when the policy asks for something else; consumers may demand one. */
  policyVersion: z.int().min(1).optional(),
  /** Name of the project, as in the recipe. */
  project: z.string().min(1),
  /** Purl without version; the decision's resource is this plus @version. */
  resource: z.string().regex(/^pkg:[a-z]+\/[^@\s]+$/, "a purl without version"),
  targets: z.strictObject({
    /** The matrix is complete or the release is not. */
    required: z.array(z.string().min(1)).min(1, "at least one target"),
    /** Shown when missing, not fatal. */
    optional: z.array(z.string().min(1)).default([]),
  }),
  source: z.strictObject({
    /** Whether the source must be a clean commit. */
    commit: z.enum(["required", "optional"]).default("required"),
  }).default({ commit: "required" }),
  reproducibility: z.strictObject({
    verdict: z.enum(["identical", "equivalent"]).default("identical"),
    /** Normalisers that may account for differences. */
    normalizers: z.array(z.string()).default([]),
    /** Weakest isolation accepted. */
    isolation: z.enum(ISOLATIONS).default("bubblewrap"),
    /** Axes that both runs must have differed in. */
    axes: z.array(z.string()).default([]),
    /**
     * Artifacts, `TARGET/NAME`, that may be a copy of a file of the source or
     * of what `prepare` left; two builds say nothing of those.
     */
    copies: z.array(z.string().min(1)).default([]),
  }),
  metadata: z.strictObject({
    /** Expected build-info values of every target; placeholders as in recipes. */
    expect: values.default({}),
    /** Expected values of one target. */
    targets: z.record(z.string(), values).default({}),
    /**
     * `embedded`: the bytes hold the build-info line, so that anybody can read
     * it. `printed`: it is enough that the artifact prints it to the gate.
     */
    line: z.enum(["embedded", "printed"]).default("embedded"),
  }).default({ expect: {}, targets: {}, line: "embedded" }),
  /** Which requirement a section answers, by its path; for readers alone. */
  requirements: z.record(z.string(), z.string()).default({}),
  // Gates beyond those of every release: naming one requires it.
  ...gateSections,
  /** Who may vouch for a release, for what, and when. */
  trust: trustSchema.default({ keys: [], roots: [] }),
  /** Targets that are built by builders on other machines. */
  supply: supplySchema,
  /** Independent rebuilders, and how many of them must agree. */
  quorum: quorumSchema.optional(),
  /** What counts no longer, and why. */
  deny: denySchema.default([]),
  /** What a consumer with this policy asks of a decision beside a go. */
  accept: acceptSchema.default({}),
  tolerances: z.array(tolerance).max(EXCEPTIONS_MAX, FEW).default([]),
  waivers: z.array(waiver).max(EXCEPTIONS_MAX, FEW).default([]),
});

/** Schema of the policy. */
export const policySchema = fields.superRefine((policy, context) => {
  const issue = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (const list of ["waivers", "tolerances"] as const) {
    const seen = new Set<string>();
    policy[list].forEach((entry, index) => {
      if (seen.has(entry.id)) issue([list, index, "id"], "a unique id");
      seen.add(entry.id);
    });
  }
  policy.waivers.forEach((waiver, index) => {
    if (!Object.hasOwn(CATALOGUE, waiver.finding)) {
      issue(["waivers", index, "finding"], "a code of the catalogue");
    }
  });
  const targets = [...policy.targets.required, ...policy.targets.optional];
  policy.quorum?.rebuilders.forEach(({ root }, index) => {
    if (
      root !== undefined && !policy.trust.roots.some(({ id }) => id === root)
    ) {
      issue(
        ["quorum", "rebuilders", index, "root"],
        "the id of a root of trust",
      );
    }
  });
  for (const section of ["quorum", "supply"] as const) {
    for (const target of Object.keys(policy[section]?.targets ?? {})) {
      if (!targets.includes(target)) {
        issue([section, "targets", target], "a target of the policy");
      }
    }
  }
  if (new Set(targets).size !== targets.length) {
    issue(["targets"], "each target once, required or optional");
  }
});

/** A policy after validation, with defaults filled in. */
export type Policy = z.infer<typeof policySchema>;
/** One tolerance of a policy. */
export type PolicyTolerance = Policy["tolerances"][number];
/** One waiver of a policy. */
export type Waiver = Policy["waivers"][number];

/** The policy as a document. */
export const POLICY: DocumentKind<Policy> = {
  schema: policySchema,
  code: "policy-invalid",
};

/** File name of the policy. */
export const POLICY_FILE = "reproof.policy.json";
