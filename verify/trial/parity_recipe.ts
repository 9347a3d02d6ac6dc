/**
 * The section `parity` of a target in the recipe: the same cases given to a
 * reference, such as a virtual machine or a just-in-time compiler, and to the
 * artifact. Both must answer alike. Each side starts in an empty directory of
 * its own; `{source}` is where the source lies, which is read-only.
 *
 * @module
 */

import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { argv, environment, insidePath } from "../rebuild/recipe_parts.ts";
import { namesArtifact, pattern } from "./smoke_recipe.ts";

const side = z.strictObject({ argv, env: environment.default({}) });

/** Schema of the section. */
export const paritySchema = z.strictObject({
  /** Where the cases come from. */
  cases: z.union([
    /** A JSON list of `{ "name", "args", "stdin", "code" }` in the source. */
    z.strictObject({ file: insidePath }),
    /** A folder of the source: each file is the standard input of a case. */
    z.strictObject({ folder: insidePath }),
    /** A command that prints such a list. */
    z.strictObject({ command: side }),
  ]),
  /** Runs a case without the artifact; the case's arguments follow. */
  reference: side,
  /** Runs a case with the artifact; the case's arguments follow. */
  artifact: side,
  /** What standard error may differ in; each match is taken for `[mask]`. */
  masks: z.array(pattern).default([]),
  /** Longest time of one side of one case. */
  caseWallMs: z.int().positive().max(LIMITS.trialStepWallMsMax)
    .default(10_000),
}).superRefine((parity, context) => {
  if (!namesArtifact(parity.artifact)) {
    context.addIssue({
      code: "custom",
      path: ["artifact", "argv"],
      message: "{artifact} among the arguments, or nothing of it runs",
    });
  }
  if (namesArtifact(parity.reference)) {
    context.addIssue({
      code: "custom",
      path: ["reference"],
      message: "a reference that is not the artifact itself",
    });
  }
});

/** The section after validation. */
export type Parity = z.infer<typeof paritySchema>;
/** One side of it. */
export type ParitySide = Parity["reference"];
