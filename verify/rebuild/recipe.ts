/**
 * The recipe, `reproof.json`: what is built, with which toolchains, by which
 * commands, what comes out, and what the outputs say of themselves.
 *
 * Strings in `argv`, `env` values and `metadata` may hold placeholders:
 * `{version}`, `{target}`, `{sourceDateEpoch}`, `{jobs}`, `{prepared}` (the
 * directory that `prepare` filled), `{source}` (where the source lies, in steps
 * and trials), `{deno}` (this Deno), `{tool:NAME}` (the executable of a
 * toolchain), `{toolVersion:NAME}` (its locked version text) and, where an
 * artifact runs, `{artifact}` (the first of the target); in trials also
 * `{artifact:NAME}` (any of them), `{temporary}` (a directory of the trial's
 * own) and `{port:NAME}` (a port that we give). Any other placeholder is an
 * error.
 *
 * @module
 */

import { z } from "zod";
import type { DocumentKind } from "../document.ts";
import { CACHE_KINDS } from "../log/cache_hits.ts";
import { LOG_KINDS } from "../log/diagnostic.ts";
import { imageSchema } from "../image/image_recipe.ts";
import { packageSchema } from "../package/package_recipe.ts";
import { startupSchema } from "../trial/startup_recipe.ts";
import { smokeSchema, standInSchema } from "../trial/smoke_recipe.ts";
import { contractSchema } from "../trial/contract_recipe.ts";
import { paritySchema } from "../trial/parity_recipe.ts";
import {
  argv,
  environment,
  fileName,
  insidePath,
  name,
} from "./recipe_parts.ts";

const step = z.strictObject({
  argv,
  /** Directory of the step, relative to the source. */
  cwd: insidePath.optional(),
  env: environment.default({}),
});

const buildStep = step.extend({
  /** How to read what the step prints, for the gate `warnings`. */
  log: z.strictObject({
    kind: z.enum(LOG_KINDS),
    /** A name that the log holds when it is about the right project. */
    project: z.string().min(1).max(200),
  }).optional(),
  /** How what the step prints tells of a cache, for the gate `budget`. */
  cache: z.enum(CACHE_KINDS).optional(),
});

/** A toolchain in an archive, fetched and pinned by digest. */
const providedToolchain = z.strictObject({
  /**
   * `go:1.23.5` (Go's toolchain module), `npm:NAME@VERSION`,
   * `pypi:NAME@VERSION`, an https URL, or a path relative to the recipe.
   */
  archive: z.string().min(1).max(1024),
  /**
   * What the archive must have: `sha256:HEX`, `sha512-BASE64` (npm) or
   * `h1:BASE64` (go.sum). URLs and paths need one.
   */
  digest: z.string().regex(
    /^(?:sha256:[0-9a-f]{64}|sha512-[A-Za-z0-9+/]{86}==|h1:[A-Za-z0-9+/]{43}=)$/,
    "sha256:…, sha512-… or h1:…",
  ).optional(),
  /** Path of the program in the archive, below the package's own directory. */
  program: insidePath,
  /** Arguments that make it print its version; not run when absent. */
  versionArgs: z.array(z.string()).optional(),
});

const toolchain = z.union([
  z.strictObject({
    /** Name or absolute path of the executable; looked up in PATH. */
    executable: z.string().min(1),
    /** Arguments that make it print its version. */
    versionArgs: z.array(z.string()).default(["--version"]),
    /**
     * `host`: version text, executable and files; the lock holds on the host
     * it was made on. `version`: version text alone; it holds on every host.
     */
    pin: z.enum(["host", "version"]).default("host"),
    /**
     * Globs of files that are pinned beside those that the tool is found to
     * use: absolute, or below `{root}`, the directory above the executable's.
     */
    files: z.array(
      z.string().regex(
        /^(?:\{root\})?\//,
        "an absolute glob, or one of {root}",
      ),
    ).default([]),
  }),
  z.strictObject({
    /** An npm package, `name@version`, pinned by its integrity. */
    npm: z.string().regex(/^(?:@[^@/]+\/)?[^@/]+@\d[^@]*$/, "name@version"),
    /** Lock file with the integrity, relative to the recipe: a `deno.lock`. */
    lockFile: insidePath,
  }),
  providedToolchain,
]);

const artifact = z.strictObject({
  name: fileName,
  /** Where the build leaves it, relative to the source. */
  path: insidePath,
  /** Mode of the file in the bundle. */
  executable: z.boolean().default(true),
  /** The artifact is an OCI image layout, an archive or a directory. */
  image: imageSchema.optional(),
  /** The artifact is a package that users install. */
  package: packageSchema.optional(),
}).refine(
  ({ image, package: own }) => image === undefined || own === undefined,
  "an image or a package, not both",
);

const probe = z.strictObject({
  argv,
  env: environment.default({}),
});

const target = z.strictObject({
  /** Toolchains that it is built with; all of the recipe without. */
  toolchains: z.array(name).min(1, "at least one toolchain").optional(),
  build: z.array(buildStep).min(1, "at least one step"),
  env: environment.default({}),
  artifacts: z.array(artifact).min(1, "at least one artifact"),
  /**
   * How the first artifact prints its build-info line on a host that can run
   * it; without one the line is read from the bytes alone.
   */
  probe: probe.optional(),
  /** Expected build-info values beside those of the whole recipe. */
  metadata: z.record(z.string(), z.string()).default({}),
  /** Hosts to start and questions to ask them, for the gate `smoke`. */
  smoke: smokeSchema.optional(),
  /** Cases that a reference answers too, for the gate `parity`. */
  parity: paritySchema.optional(),
  /** How it fails and traces, for the gate `contract`. */
  contract: contractSchema.optional(),
  /** What to time against a reference, for the gate `startup`. */
  startup: startupSchema.optional(),
}).superRefine(({ artifacts }, context) => {
  const issue = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const [first] = artifacts;
  if (first?.image !== undefined || first?.package !== undefined) {
    issue(
      ["artifacts", 0],
      "the program first, an image or a package of it after that",
    );
  }
  const plain = plainNames(artifacts);
  for (const [index, { image }] of artifacts.entries()) {
    for (const [path, held] of Object.entries(image?.holds ?? {})) {
      if (!plain.includes(held)) {
        issue(
          ["artifacts", index, "image", "holds", path],
          "an artifact of the target that is no image",
        );
      }
    }
  }
});

/** Names of the artifacts that others hold. */
function plainNames(artifacts: readonly z.infer<typeof artifact>[]): string[] {
  return artifacts.filter((one) =>
    one.image === undefined && one.package === undefined
  ).map((one) => one.name);
}

const recipeFields = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1, "1"),
  name,
  version: z.string().regex(
    /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
    "a version such as 1.2.3 or 1.2.3-rc.1",
  ),
  /** Globs, relative to the recipe, of what belongs to the source. */
  source: z.strictObject({
    include: z.array(z.string()).default(["**"]),
    exclude: z.array(z.string()).default([]),
  }).default({ include: ["**"], exclude: [] }),
  /** Seconds since 1970 for a source that has no commit. */
  sourceDateEpoch: z.int().min(315532800, "1980-01-01 or later")
    .max(253402300799, "9999-12-31 or earlier").optional(),
  toolchains: z.record(name, toolchain),
  /** Steps that may use the network; they run once, before either build. */
  prepare: z.array(step).default([]),
  /**
   * Globs, relative to `{prepared}`, of what prepare leaves and no build needs,
   * such as what a client notes of its own run; it is removed.
   */
  dropPrepared: z.array(z.string().min(1)).default([]),
  /** Variables of every step; nothing is inherited. */
  env: environment.default({}),
  targets: z.record(name, target).refine(
    (targets) => Object.keys(targets).length > 0,
    "at least one target",
  ),
  buildInfo: z.strictObject({
    /** Keys of the build-info line in their order. */
    keys: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/)).min(1),
  }).optional(),
  /** Expected build-info values of every target. */
  metadata: z.record(z.string(), z.string()).default({}),
  /** Files of the source that name the version, for the gate `versions`. */
  versions: z.strictObject({
    manifests: z.array(insidePath).default([]),
    changelog: insidePath.optional(),
    /** Key of the build-info line that holds the version. */
    embedded: z.string().regex(/^[a-z][a-z0-9_]*$/).optional(),
  }).default({ manifests: [] }),
  /** What a rollback can fall back to, for the gate `rollback`. */
  rollback: z.strictObject({
    /**
     * What stands in for the artifacts when none can be used: a just-in-time
     * compiler, an interpreter. It starts in the source.
     */
    fallback: standInSchema.optional(),
  }).default({}),
  /** Files of the source that go into every bundle beside the artifacts. */
  bundle: z.array(insidePath).default([]),
  /** Fixes to try for an axis with `rebuild --prove-fix`, by its name. */
  fixes: z.record(
    name,
    z.strictObject({
      env: environment.default({}),
      /** Words before the command of each step. */
      wrapper: z.array(z.string()).default([]),
    }),
  ).default({}),
  limits: z.strictObject({
    buildWallMs: z.int().positive().optional(),
    buildLogBytes: z.int().positive().optional(),
    buildTreeBytes: z.int().positive().optional(),
    buildProcesses: z.int().positive().optional(),
    buildMemoryBytes: z.int().positive().optional(),
    buildCpuMs: z.int().positive().optional(),
    buildOpenFiles: z.int().positive().optional(),
  }).default({}),
});

/** Schema of the recipe. */
export const recipeSchema = recipeFields.superRefine(({ targets }, context) => {
  for (const [target, { artifacts }] of Object.entries(targets)) {
    for (const [index, { package: own }] of artifacts.entries()) {
      for (const [path, held] of Object.entries(own?.holds ?? {})) {
        const [of, name] = held.includes("/")
          ? held.split("/")
          : [target, held];
        const others = Object.hasOwn(targets, of ?? "")
          ? targets[of ?? ""]?.artifacts ?? []
          : [];
        if (plainNames(others).includes(name ?? "")) continue;
        context.addIssue({
          code: "custom",
          path: [
            ...["targets", target, "artifacts", index],
            ...["package", "holds", path],
          ],
          message: "an artifact that is no image or package, or TARGET/NAME",
        });
      }
    }
  }
});

/** A recipe after validation, with defaults filled in. */
export type Recipe = z.infer<typeof recipeSchema>;
/** One target of a recipe. */
export type RecipeTarget = Recipe["targets"][string];
/** One command of a recipe. */
export type RecipeStep = RecipeTarget["build"][number];

/** A fix that can be tried without changing the source. */
export type RecipeFix = Recipe["fixes"][string];

/** The recipe as a document. */
export const RECIPE: DocumentKind<Recipe> = {
  schema: recipeSchema,
  code: "recipe-invalid",
};

/** File name of the recipe. */
export const RECIPE_FILE = "reproof.json";
