/**
 * The section `smoke` of a target in the recipe: hosts that are started
 * together, and steps that are then taken in order. Ports are names; the
 * numbers are ours, reach the processes as `{port:NAME}`, and lead nowhere but
 * to the loopback of the trial.
 *
 * @module
 */

import { z } from "zod";
import { argv, environment, name } from "../rebuild/recipe_parts.ts";
import { LIMITS } from "../limits.ts";

/** A regular expression as JavaScript takes it, with the flag `u`. */
export const pattern = z.string().min(1).refine((text) => {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}, "a regular expression");

/** What a text must be: exactly that, or hold it, or match. */
export const expectedText = z.union([
  z.string(),
  z.strictObject({ contains: z.string().min(1) }),
  z.strictObject({ matches: pattern }),
]);

/** Values by their path in a JSON text, such as `$.peers[0].name`. */
const expectedJson = z.record(
  z.string().regex(
    /^\$(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/,
    "a path such as $.peers[0].name",
  ),
  z.json(),
);

const wallMs = (most: number) => z.int().positive().max(most);

const host = z.strictObject({
  argv,
  env: environment.default({}),
  /** Ports that this host, and nobody else, listens on. */
  ports: z.array(name).default([]),
  /** When the host counts as ready. */
  ready: z.union([
    z.strictObject({
      http: z.strictObject({
        port: name,
        path: z.string().startsWith("/").default("/"),
        status: z.int().min(100).max(599).default(200),
      }),
    }),
    z.strictObject({ tcp: name }),
    z.strictObject({ log: pattern }),
    /** A file below `{temporary}` that the host writes. */
    z.strictObject({ file: name }),
  ]),
  readyWallMs: wallMs(LIMITS.trialReadyWallMsMax).default(10_000),
  stop: z.strictObject({
    signal: z.enum(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"])
      .default("SIGTERM"),
    wallMs: wallMs(LIMITS.trialReadyWallMsMax).default(5_000),
    /** Exit code after the signal. */
    code: z.int().min(0).max(255).default(0),
  }).default({ signal: "SIGTERM", wallMs: 5_000, code: 0 }),
});

const step = z.union([
  z.strictObject({
    name,
    http: z.strictObject({
      port: name,
      method: z.string().regex(/^[A-Z]+$/).default("GET"),
      path: z.string().startsWith("/").default("/"),
      headers: z.record(z.string(), z.string()).default({}),
      /** Body as text. */
      body: z.string().optional(),
      /** Body as JSON, with its content type. */
      json: z.json().optional(),
    }),
    expect: z.strictObject({
      status: z.int().min(100).max(599).default(200),
      body: expectedText.optional(),
      json: expectedJson.optional(),
    }).default({ status: 200 }),
  }),
  z.strictObject({
    name,
    tcp: z.strictObject({ port: name, send: z.string().default("") }),
    /** What must have come back when the host closes or the text is there. */
    expect: z.strictObject({ output: expectedText }),
  }),
  z.strictObject({
    name,
    command: z.strictObject({
      argv,
      env: environment.default({}),
      stdin: z.string().default(""),
    }),
    expect: z.strictObject({
      code: z.int().min(0).max(255).default(0),
      stdout: expectedText.optional(),
      stderr: expectedText.optional(),
      /** Of standard output. */
      json: expectedJson.optional(),
    }).default({ code: 0 }),
  }),
]);

/** Schema of the section. */
export const smokeSchema = z.strictObject({
  hosts: z.record(name, host).default({}),
  steps: z.array(step).min(1, "at least one step"),
  /** Longest time of one step. */
  stepWallMs: wallMs(LIMITS.trialStepWallMsMax).default(10_000),
}).superRefine((smoke, context) => {
  const issue = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const ports = Object.values(smoke.hosts).flatMap((host) => host.ports);
  if (new Set(ports).size !== ports.length) {
    issue(["hosts"], "each port at one host");
  }
  const steps = smoke.steps.map((step) => step.name);
  if (new Set(steps).size !== steps.length) {
    issue(["steps"], "steps with names of their own");
  }
  const known = (port: string, path: PropertyKey[]) => {
    if (!ports.includes(port)) issue(path, "a port of one of the hosts");
  };
  for (const [name, { ready, ports: own }] of Object.entries(smoke.hosts)) {
    const port = "http" in ready
      ? ready.http.port
      : "tcp" in ready
      ? ready.tcp
      : null;
    if (port !== null && !own.includes(port)) {
      issue(["hosts", name, "ready"], "a port of that host");
    }
  }
  smoke.steps.forEach((step, index) => {
    if ("http" in step) known(step.http.port, ["steps", index, "http"]);
    if ("tcp" in step) known(step.tcp.port, ["steps", index, "tcp"]);
  });
});

/** The section after validation. */
export type Smoke = z.infer<typeof smokeSchema>;
/** One host. */
export type SmokeHost = Smoke["hosts"][string];
/** One step. */
export type SmokeStep = Smoke["steps"][number];
/** What a text must be. */
export type ExpectedText = z.infer<typeof expectedText>;
