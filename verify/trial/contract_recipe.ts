/**
 * The section `contract` of a target in the recipe: what the artifact must
 * print when it fails, and when it starts with its trace on. An envelope is
 * one line: a prefix, then `key=value` pairs in a fixed order of which the
 * last may hold anything, then the build-info line of the artifact:
 *
 * `fatal: class=panic pid=12 message=no such file mode=aot … contract=aot-v1`
 *
 * @module
 */

import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { argv, environment, name } from "../rebuild/recipe_parts.ts";
import { expectedText, namesArtifact } from "./smoke_recipe.ts";

const key = z.string().regex(/^[a-z][a-z0-9_]*$/, "a key");

const command = {
  argv,
  env: environment.default({}),
  stdin: z.string().default(""),
};

const stream = z.enum(["stdout", "stderr"]).default("stderr");

/** Schema of the section. */
export const contractSchema = z.strictObject({
  fatal: z.strictObject({
    stream,
    prefix: z.string().min(1).default("fatal: "),
    /** Keys before the build-info line; `pid` is held against the process. */
    keys: z.array(key).default(["class", "pid", "message"]),
    /** Commands that must fail. */
    failures: z.array(z.strictObject({
      name,
      ...command,
      /** Exit code; the same for every failure of its class. */
      code: z.int().min(1).max(255),
      /** Values of keys of the envelope. */
      values: z.record(key, expectedText).default({}),
    })).min(1, "at least one failure"),
  }),
  trace: z.strictObject({
    ...command,
    stream,
    prefix: z.string().min(1).default("startup: "),
    keys: z.array(key).default(["pid"]),
    /** Exit code of the command. */
    code: z.int().min(0).max(255).default(0),
  }).optional(),
  /** Longest time of one command. */
  wallMs: z.int().positive().max(LIMITS.trialStepWallMsMax).default(10_000),
}).refine(
  ({ fatal, trace }) =>
    [...fatal.failures, ...trace === undefined ? [] : [trace]]
      .every(namesArtifact),
  "{artifact} in the words of every failure and of the trace",
);

/** The section after validation. */
export type Contract = z.infer<typeof contractSchema>;
