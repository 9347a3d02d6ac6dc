/**
 * The section `startup` of a target in the recipe: the same command given to a
 * reference and to the artifact, timed from start to first line and to exit;
 * and, where the artifact has a host, the two as hosts, timed from start to
 * ready and by the requests that they then answer. The two take turns within
 * one run, so that a machine whose speed drifts drifts for both.
 *
 * Or a file of the source that holds figures measured by somebody else.
 *
 * @module
 */

import { z } from "zod";
import { LIMITS } from "../limits.ts";
import {
  argv,
  environment,
  insidePath,
  name,
} from "../rebuild/recipe_parts.ts";
import { expectedText, hostSchema, namesArtifact } from "./smoke_recipe.ts";

const command = { argv, env: environment.default({}) };
const side = z.strictObject(command);

/** What both sides must say of their build, or their figures compare nothing. */
const profile = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]*$/).default("profile"),
  value: z.string().min(1).default("release"),
}).default({ key: "profile", value: "release" });

const host = z.strictObject({
  reference: side,
  artifact: side,
  ...hostSchema.pick({
    ports: true,
    ready: true,
    readyWallMs: true,
    stop: true,
  }).shape,
  warmup: z.int().min(1).max(100).default(1),
  /** Starts of each side. */
  samples: z.int().min(1).max(LIMITS.trialSamplesMax).default(10),
  /** What is asked of a host that is ready, first uncounted, then counted. */
  requests: z.strictObject({
    port: name,
    path: z.string().startsWith("/").default("/"),
    status: z.int().min(100).max(599).default(200),
    body: expectedText,
    /** Requests for one sample. */
    count: z.int().min(1).max(LIMITS.trialRequestsMax).default(200),
    /** Requests under way at once. */
    concurrency: z.int().min(1).max(LIMITS.trialConcurrencyMax).default(4),
  }).optional(),
});

const measured = z.strictObject({
  reference: z.strictObject({
    ...command,
    /** Prints the reference's build-info line; without it nothing is known. */
    probe: side.optional(),
  }),
  artifact: side,
  profile,
  /** Exit code of both; a sample that ends otherwise is none. */
  code: z.int().min(0).max(255).default(0),
  /** What every run prints; without it, all must print the same. */
  stdout: expectedText.refine((text) => text !== "", "some output").optional(),
  /** Runs of each side that are not counted. */
  warmup: z.int().min(1).max(100).default(3),
  samples: z.int().min(1).max(LIMITS.trialSamplesMax).default(40),
  /** Longest time of one run. */
  wallMs: z.int().positive().max(LIMITS.trialStepWallMsMax).default(10_000),
  host: host.optional(),
}).superRefine((startup, context) => {
  const issue = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (
    const [path, sides] of [[[], startup], [["host"], startup.host]] as const
  ) {
    if (sides === undefined) continue;
    if (!namesArtifact(sides.artifact) || namesArtifact(sides.reference)) {
      issue([...path], "{artifact} in the words of the artifact's side alone");
    }
  }
  const { ports = [], ready, requests } = startup.host ?? {};
  const used = [
    requests?.port,
    ready !== undefined && "http" in ready ? ready.http.port : undefined,
    ready !== undefined && "tcp" in ready ? ready.tcp : undefined,
  ];
  if (used.some((port) => port !== undefined && !ports.includes(port))) {
    issue(["host"], "a port of the host");
  }
});

/** Figures that somebody else measured: `aot_perf_metrics.json`, schema 1. */
const read = z.strictObject({ metrics: insidePath, profile });

/** Schema of the section. */
export const startupSchema = z.union([measured, read]);

/** The section after validation, where we measure. */
export type Startup = z.infer<typeof measured>;
/** The section after validation, where a file is read. */
export type StartupMetrics = z.infer<typeof read>;
/** Its hosts. */
export type StartupHost = z.infer<typeof host>;
