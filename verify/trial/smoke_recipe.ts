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

/** Texts of which a pattern that says something matches one at most. */
const ANYTHING = ["", "\u0001 neither \u{10fffd}\n"];

/** What a text must be: exactly that, or hold it, or match. */
export const expectedText = z.union([
  z.string(),
  z.strictObject({ contains: z.string().min(1) }),
  z.strictObject({
    matches: pattern.refine(
      (text) => !ANYTHING.every((any) => new RegExp(text, "u").test(any)),
      "a pattern that does not match every text",
    ),
  }),
]);

/** Values by their path in a JSON text, such as `$.peers[0].name`. */
const expectedJson = z.record(
  z.string().regex(
    /^\$(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/,
    "a path such as $.peers[0].name",
  ),
  z.json(),
).refine((values) => Object.keys(values).length > 0, "at least one value");

/** An expectation; one without a word in it would pass whatever comes back. */
function expectation<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape).refine(
    (wanted) => Object.values(wanted).some((value) => value !== undefined),
    "at least one expectation",
  );
}

const wallMs = (most: number) => z.int().positive().max(most);

/** A host, placeholders not yet expanded. */
export const hostSchema = z.strictObject({
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

const request = z.strictObject({
  port: name,
  method: z.string().regex(/^[A-Z]+$/).default("GET"),
  path: z.string().startsWith("/").default("/"),
  headers: z.record(z.string(), z.string()).default({}),
  /** Body as text. */
  body: z.string().optional(),
  /** Body as JSON, with its content type. */
  json: z.json().optional(),
});

const commandWords = z.strictObject({
  argv,
  env: environment.default({}),
  stdin: z.string().default(""),
});

/** The same command or request many times, several under way at once. */
const load = z.strictObject({
  name,
  load: z.strictObject({
    command: commandWords.optional(),
    http: request.optional(),
    times: z.int().min(1).max(LIMITS.trialRequestsMax),
    concurrency: z.int().min(1).max(LIMITS.trialConcurrencyMax).default(1),
    /** Longest output of one; nothing of it is kept. */
    outputBytesMax: z.int().positive().max(LIMITS.trialLoadBytesMax)
      .default(LIMITS.trialOutputBytesMax),
  }).refine(
    ({ command, http }) => (command === undefined) !== (http === undefined),
    "either command or http",
  ),
  /** Of every one. */
  expect: expectation({
    /** Exit code, 0 without it; or status, 200 without it. */
    code: z.int().min(0).max(599).optional(),
    /** Least bytes of output. */
    bytesMin: z.int().positive().optional(),
    /** Digest of the output. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256").optional(),
    /** All outputs have the same bytes. */
    same: z.literal(true).optional(),
  }),
});

const anyStep = z.union([
  load,
  z.strictObject({
    name,
    http: request,
    expect: expectation({
      /** 200 where only body or JSON are expected. */
      status: z.int().min(100).max(599).optional(),
      body: expectedText.optional(),
      json: expectedJson.optional(),
    }),
  }),
  z.strictObject({
    name,
    tcp: z.strictObject({ port: name, send: z.string().default("") }),
    /** What must have come back when the host closes, or sooner a part. */
    expect: z.strictObject({
      output: expectedText.refine((text) => text !== "", "some output"),
    }),
  }),
  z.strictObject({
    name,
    command: commandWords,
    expect: expectation({
      /** 0 where only output is expected. */
      code: z.int().min(0).max(255).optional(),
      stdout: expectedText.optional(),
      stderr: expectedText.optional(),
      /** Of standard output. */
      json: expectedJson.optional(),
    }),
  }),
]);

/** A command of the recipe, placeholders not yet expanded. */
interface Words {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function names({ argv, env }: Words, placeholder: string): boolean {
  return [...argv, ...Object.values(env)].some((text) =>
    text.includes(placeholder)
  );
}

/** Whether a command gets to know where the artifact is. */
export function namesArtifact(command: Words): boolean {
  return names(command, "{artifact}");
}

/** The command that a step runs, if it runs one. */
export function commandOf(
  step: z.infer<typeof anyStep>,
): z.infer<typeof commandWords> | undefined {
  return "load" in step
    ? step.load.command
    : "command" in step
    ? step.command
    : undefined;
}

/** A step whose command is another; any other step as it is. */
export function mapCommand(
  step: SmokeStep,
  change: (command: StepCommand) => StepCommand,
): SmokeStep {
  if ("command" in step) return { ...step, command: change(step.command) };
  return "load" in step && step.load.command !== undefined
    ? { ...step, load: { ...step.load, command: change(step.load.command) } }
    : step;
}

/** Every command of a section, placeholders not yet expanded. */
export function commandsOf(smoke: Smoke): (readonly string[])[] {
  return [
    ...Object.values(smoke.hosts).map((host) => host.argv),
    ...smoke.steps.flatMap((step) => {
      const command = commandOf(step);
      return command === undefined ? [] : [command.argv];
    }),
  ];
}

/** The port that a step asks, if it asks one. */
function portOf(step: z.infer<typeof anyStep>): string | undefined {
  if ("load" in step) return step.load.http?.port;
  return "http" in step
    ? step.http.port
    : "tcp" in step
    ? step.tcp.port
    : undefined;
}

/** Hosts and steps of anything, such as what stands in for an artifact. */
export const standInSchema = z.strictObject({
  hosts: z.record(name, hostSchema).default({}),
  steps: z.array(anyStep).min(1, "at least one step"),
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
    const port = portOf(step);
    if (port !== undefined) known(port, ["steps", index]);
  });
});

/** Schema of the section: what is asked is the artifact. */
export const smokeSchema = standInSchema.superRefine((smoke, context) => {
  const hosts = Object.values(smoke.hosts).filter(namesArtifact);
  const own = hosts.flatMap((host) => host.ports);
  const asks = (step: z.infer<typeof anyStep>) => {
    const command = commandOf(step);
    const port = portOf(step);
    return command === undefined
      ? port !== undefined && own.includes(port)
      : namesArtifact(command) ||
        own.some((port) => names(command, `{port:${port}}`));
  };
  if (!smoke.steps.some(asks)) {
    context.addIssue({
      code: "custom",
      path: ["steps"],
      message: "at least one step that {artifact} has a part in",
    });
  }
});

/** The section after validation. */
export type Smoke = z.infer<typeof smokeSchema>;
/** One host. */
export type SmokeHost = Smoke["hosts"][string];
/** One step. */
export type SmokeStep = Smoke["steps"][number];
/** The command of a step or load. */
export type StepCommand = z.infer<typeof commandWords>;
/** A load. */
export type SmokeLoad = z.infer<typeof load>;
/** A request of a step or load. */
export type SmokeRequest = z.infer<typeof request>;
/** What a text must be. */
export type ExpectedText = z.infer<typeof expectedText>;
