/**
 * The member `package` of an artifact in the recipe: the artifact is a package
 * that users install, and this is what should be in it.
 *
 * @module
 */

import { z } from "zod";
import { insidePath } from "../rebuild/recipe_parts.ts";

/**
 * Kinds of packages. `dotnet-tool` is a nupkg of a .NET tool, for one runtime
 * identifier or pointing at those that are.
 */
export const PACKAGE_KINDS = [
  "dotnet-tool",
  "npm",
  "wheel",
  "deb",
  "vsix",
  "jar",
] as const;
/** One of them. */
export type PackageKind = typeof PACKAGE_KINDS[number];

/** Schema of the member. */
export const packageSchema = z.strictObject({
  kind: z.enum(PACKAGE_KINDS),
  /** Its name by its own manifest. */
  name: z.string().min(1).max(200),
  /**
   * Artifacts by their path in the package: one of the target, or `TARGET/NAME`
   * of another.
   */
  holds: z.record(insidePath, z.string().min(1).max(200)).default({}),
  /** Packages of the same version that hold what this one is about, by name. */
  refers: z.array(z.string().min(1).max(200)).default([]),
  /** Every command that it brings, with the path of the file that it starts. */
  commands: z.record(z.string().min(1).max(200), insidePath).default({}),
  /** Globs of other files in it that may be executed. */
  also: z.array(z.string().min(1)).default([]),
  /** What it runs while it is installed, as findings name it. */
  hooks: z.array(z.string().min(1)).default([]),
}).refine(
  ({ holds, refers }) => Object.keys(holds).length > 0 || refers.length > 0,
  "an artifact that it holds, or a package that it refers to",
);

/** What a recipe says of a package. */
export type PackageRecipe = z.infer<typeof packageSchema>;
