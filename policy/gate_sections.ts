/**
 * The sections of a policy that name further gates, each under the name of its
 * gate. A policy with such a section requires the gate, and its absence of
 * evidence is then inconclusive; without the section the gate is not asked.
 *
 * @module
 */

import { z } from "zod";
import { imagesSchema } from "./image_section.ts";
import { packagesSchema } from "./package_section.ts";
import { rollbackSchema } from "./rollback_section.ts";
import { trialSections } from "./trial_sections.ts";

const versions = z.strictObject({
  /** Least number of manifests that the recipe must name. */
  manifestsMin: z.int().positive().default(1),
  /** Whether the changelog must have a section about the version. */
  changelog: z.boolean().default(true),
  /** `commit`: the tag must point at the commit that was built. */
  tag: z.enum(["commit", "name"]).default("commit"),
});

const version = z.string().regex(/^\d+(?:\.\d+)*$/, "a version such as 2.31");

const abi = z.strictObject({
  /** What the users of a target have. */
  targets: z.record(
    z.string(),
    z.strictObject({
      /** Paths of dynamic loaders; none means files without one alone. */
      loaders: z.array(z.string()).optional(),
      /** Names of shared libraries; any that are needed without. */
      libraries: z.array(z.string().min(1)).optional(),
      /** Highest version by family of symbols: GLIBC, GLIBCXX, GCC. */
      symbols: z.record(z.string(), version).optional(),
      /** Whether what images of the target hold and offer must be enough. */
      image: z.literal(true).optional(),
      /** Lowest version of macOS that must do. */
      macos: version.optional(),
      /** Lowest version of Windows that must do, such as 10.0. */
      windows: version.optional(),
    }),
  ),
});

const bytes = z.int().positive("a budget above zero");
const number = z.number().positive("a budget above zero");

const budget = z.strictObject({
  /** What each target may cost. */
  targets: z.record(
    z.string(),
    z.strictObject({
      /** Each artifact as shipped. */
      artifactBytes: bytes.optional(),
      /** Each artifact without symbols and debugging data. */
      strippedBytes: bytes.optional(),
      /** The archive. */
      archiveBytes: bytes.optional(),
      /** Each image as it is pulled: manifests, configurations, layers. */
      imageBytes: bytes.optional(),
      /** Each package that users install. */
      packageBytes: bytes.optional(),
      /** Growth of each artifact since the previous release. */
      growthPercent: number.optional(),
      /** Least share of the build that comes out of a cache. */
      cacheHitPercent: number.max(100).optional(),
      /** 95th percentile of the build's wall time. */
      buildSeconds: number.optional(),
    }).refine(
      (target) => Object.values(target).some((value) => value !== undefined),
      "at least one budget",
    ),
  ),
  /** `none`: there is no release before this one, so nothing has grown. */
  previous: z.enum(["required", "none"]).default("required"),
  /** Builds that a 95th percentile takes. */
  buildRunsMin: z.int().min(20, "20 or more").default(20),
});

const codes = z.array(
  z.string().regex(/^[^*\s]*\*?$/, "a code, or its beginning and *").min(1),
);

const warnings = z.strictObject({
  /** Codes that are errors; `*` means every one. */
  errors: codes.default(["*"]),
  /** Codes that are none of them after all. */
  allowed: codes.default([]),
  /** Suppressions that the source may hold; without it they are only shown. */
  suppressionsMax: z.int().min(0).optional(),
});

/** Members of a policy by the gate that they require. */
export const gateSections = {
  versions: versions.optional(),
  abi: abi.optional(),
  budget: budget.optional(),
  warnings: warnings.optional(),
  images: imagesSchema.optional(),
  packages: packagesSchema.optional(),
  rollback: rollbackSchema.optional(),
  ...trialSections,
} as const;
