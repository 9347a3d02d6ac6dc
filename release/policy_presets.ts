/**
 * Policies to begin with. `fuse` and `omnirelay` hold the gates and numbers of
 * the projects that this program was made for, with the requirement of each
 * section beside it; `generic` is the strict policy without any of them. A
 * preset is a draft: where a requirement gives no number, the one here is ours
 * and says so.
 *
 * @module
 */

import type { z } from "zod";
import type { policySchema } from "../policy/policy.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import { draftPolicy } from "./draft_policy.ts";

/** A policy as it is written. */
type PolicyInput = z.input<typeof policySchema>;

/** Names of the presets. */
export const PRESETS = ["generic", "fuse", "omnirelay"] as const;
/** Name of a preset. */
export type Preset = typeof PRESETS[number];

/** FUSE: "<= 25 MB (stripped)", "<= 10 minutes p95 per target job". */
const FUSE_BUDGET = { strippedBytes: 25_000_000, buildSeconds: 600 };
/** OmniRelay names a target size and build time, and no number. */
const OMNIRELAY_BUDGET = { artifactBytes: 50_000_000, buildSeconds: 600 };

/** Drafts the policy of a preset for a recipe. */
export function presetPolicy(
  preset: Preset,
  recipe: Recipe,
  keys: readonly string[],
): PolicyInput {
  const draft = draftPolicy(recipe, keys);
  switch (preset) {
    case "generic":
      return draft;
    case "fuse":
      return fuse(draft);
    case "omnirelay":
      return omnirelay(draft);
  }
}

function fuse(draft: PolicyInput): PolicyInput {
  const targets = {
    "linux-x64": "x86_64-unknown-linux-gnu",
    "macos-arm64": "aarch64-apple-darwin",
    "windows-x64": "x86_64-pc-windows-msvc",
  };
  const names = Object.keys(targets);
  return {
    ...draft,
    targets: { required: names, optional: [] },
    metadata: {
      expect: {
        mode: "aot",
        profile: "release",
        cli: "{version}",
        contract: "aot-v1",
        runtime_cache: "1",
      },
      targets: Object.fromEntries(
        Object.entries(targets).map(([name, target]) => [name, { target }]),
      ),
    },
    versions: { manifestsMin: 4 },
    budget: { targets: all(names, FUSE_BUDGET), previous: "none" },
    smoke: {},
    parity: {},
    contract: { failuresMin: 2, trace: "required" },
    startup: { improvementPct: { p50: 30, p95: 20 } },
    rollback: {},
    requirements: {
      "targets": "002 M3: release matrix linux-x64, macos-arm64, windows-x64",
      "source": "002 M5: tagged and published artifacts",
      "reproducibility":
        "002 M3: reproducibility checks pass within defined tolerances",
      "metadata":
        "002 M2: embedded compiler version, target triple, semantic contract version",
      "versions":
        "002 M5: release artifacts of the tag; four manifests name its version",
      "budget.targets.*.strippedBytes":
        "002 M0: binary size budget by platform class; 25 MB stripped in the contract",
      "budget.targets.*.buildSeconds":
        "002 M0: build-time budget in CI; 10 minutes at p95 in the contract",
      "budget.previous": "ours: say required once a release is out",
      "smoke": "002 M1: packaging smoke checks include the AOT path",
      "parity": "002 M2: semantic parity suite passes for AOT",
      "startup.improvementPct":
        "002 M5: startup improvement meets target thresholds; 30 % at p50 and 20 % at p95 in the contract",
      "rollback":
        "002 M5: rollback path is documented and tested; leave it out of a first release",
      "contract":
        "002 M2: error and panic handling hardened for production; runtime_fatal, panic and the start-up trace in the contract",
    },
  };
}

function omnirelay(draft: PolicyInput): PolicyInput {
  const optional = ["linux-arm64", "win-x64"];
  return {
    ...draft,
    targets: { required: ["linux-x64"], optional },
    versions: { manifestsMin: 1, changelog: false },
    budget: {
      targets: {
        ...all(["linux-x64", ...optional], OMNIRELAY_BUDGET),
        "linux-x64": {
          ...OMNIRELAY_BUDGET,
          imageBytes: 60_000_000,
          packageBytes: 25_000_000,
        },
      },
      previous: "none",
    },
    warnings: { errors: ["*"] },
    images: { targets: ["linux-x64"] },
    container: { targets: ["linux-x64"] },
    packages: {
      targets: ["linux-x64"],
      documented: { "linux-arm64": "README.md", "win-x64": "README.md" },
    },
    smoke: {},
    requirements: {
      "targets.required":
        "000 requirement 1: linux-x64 AOT builds must run for each change",
      "targets.optional":
        "000 requirement 1: additional RIDs as optional stages; 001 goal: linux-arm64, win-x64",
      "reproducibility": "ours: the seeds ask for none",
      "versions": "ours: the seeds ask for none",
      "budget.targets.*.artifactBytes":
        "001 criterion 3: below target size; the number is ours",
      "budget.targets.linux-x64.imageBytes":
        "001 criterion 3: container images below target size; the number is ours",
      "budget.targets.linux-x64.packageBytes":
        "001 requirement 3: tool packages with minimal footprint; the number is ours",
      "packages":
        "001 criterion 2: the dotnet tool package holds AOT binaries or documents the steps; which target does which is ours",
      "images":
        "001 requirement 3: container images with minimal footprint; what is in them is ours to ask",
      "container":
        "000 scope: smoke tests against the produced binaries inside containers",
      "budget.targets.*.buildSeconds":
        "000 requirement 2: build times below target threshold; the number is ours",
      "warnings":
        "001 requirement 1: zero warnings; 000 scope: fail when trimming or AOT warnings appear",
      "smoke":
        "000 requirement 3: start host, run a few RPCs; 001 requirement 1: pass smoke tests",
    },
  };
}

function all<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
