/**
 * Projects in temporary directories, released as a user does, for the tests of
 * the gate and of the verification.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { type ProgramRun, runProgram } from "../cli/program.ts";
import { writeKeyPair } from "../../release/sign/keygen.ts";

/** The one time of every release that these tests make. */
export const NOW = "2026-06-01T12:00:00Z";

/** A directory that is removed at the end, with a key pair in it. */
export class Workplace implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  readonly key = `${this.path}/key.pem`;
  readonly publicKey = `${this.path}/key.pub`;

  constructor() {
    writeKeyPair(this.key, this.publicKey);
  }

  /** Copies a fixture; changes of its documents are merged at the top. */
  copy(
    fixture: string,
    changes: {
      readonly recipe?: Record<string, unknown>;
      readonly policy?: Record<string, unknown>;
    } = {},
  ): string {
    const from = fromFileUrl(
      new URL(`../../fixtures/${fixture}`, import.meta.url),
    );
    const to = `${this.path}/${fixture}-${crypto.randomUUID().slice(0, 8)}`;
    copyTree(from, to);
    for (
      const [file, change] of [
        ["reproof.json", changes.recipe],
        ["reproof.policy.json", changes.policy],
      ] as const
    ) {
      if (change === undefined) continue;
      const path = `${to}/${file}`;
      const document = JSON.parse(Deno.readTextFileSync(path));
      Deno.writeTextFileSync(path, JSON.stringify({ ...document, ...change }));
    }
    return to;
  }

  /** A small project whose build is one shell script. */
  script(
    script: string,
    changes: {
      readonly recipe?: Record<string, unknown>;
      readonly policy?: Record<string, unknown>;
    } = {},
  ): string {
    const to = `${this.path}/script-${crypto.randomUUID().slice(0, 8)}`;
    Deno.mkdirSync(to);
    const write = (file: string, value: unknown) =>
      Deno.writeTextFileSync(`${to}/${file}`, JSON.stringify(value));
    Deno.writeTextFileSync(`${to}/build.sh`, script);
    write("reproof.json", {
      schemaVersion: 1,
      name: "script",
      version: "1.0.0",
      sourceDateEpoch: 1767225600,
      toolchains: { deno: DENO_TOOLCHAIN },
      targets: {
        any: {
          build: [{ argv: ["/bin/sh", "build.sh"] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
        },
      },
      buildInfo: { keys: ["mode", "contract"] },
      metadata: { mode: "aot", contract: "aot-v1" },
      ...changes.recipe,
    });
    write("reproof.lock.json", {
      schemaVersion: 1,
      host: null,
      toolchains: { deno: { pin: "version", version: Deno.version.deno } },
    });
    write("reproof.policy.json", {
      schemaVersion: 1,
      project: "script",
      resource: "pkg:generic/script",
      targets: { required: ["any"] },
      source: { commit: "optional" },
      reproducibility: { verdict: "identical", isolation: "none" },
      metadata: { expect: { mode: "aot", contract: "aot-v1" } },
      ...changes.policy,
    });
    return to;
  }

  /** Releases a project; the output lies beside it. */
  async release(
    project: string,
    ...flags: string[]
  ): Promise<ProgramRun & { readonly out: string }> {
    const out = `${this.path}/out-${crypto.randomUUID().slice(0, 8)}`;
    const version = JSON.parse(
      Deno.readTextFileSync(`${project}/reproof.json`),
    ).version;
    const run = await runProgram([
      "release",
      project,
      "--key",
      this.key,
      "--out",
      out,
      ...(flags.includes("--now") ? [] : ["--now", NOW]),
      ...(flags.includes("--tag") ? [] : ["--tag", `v${version}`]),
      ...flags,
    ]);
    return { ...run, out };
  }

  /** Verifies a directory with the key of this place. */
  verify(directory: string, ...flags: string[]): Promise<ProgramRun> {
    return runProgram([
      "verify",
      directory,
      "--key",
      this.publicKey,
      ...(flags.includes("--now") ? [] : ["--now", NOW]),
      ...flags,
    ]);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

const DENO_TOOLCHAIN = {
  executable: "deno",
  versionArgs: ["eval", "console.log(Deno.version.deno)"],
  pin: "version",
};

/** The line that a script project writes to be what its recipe expects. */
export const GOOD_SCRIPT = "echo 'mode=aot contract=aot-v1' > artifact\n";

/** Has the policy of a script project take artifacts for copies. */
export function copying(...copies: string[]): Record<string, unknown> {
  return {
    reproducibility: { verdict: "identical", isolation: "none", copies },
  };
}

/** Copies a tree of regular files. */
export function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory) copyTree(source, target);
    else Deno.copyFileSync(source, target);
  }
}

/** Whether something is at a path. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Every file below a directory, sorted. */
export function filesOf(directory: string, below = ""): string[] {
  return [...Deno.readDirSync(`${directory}/${below}`)].flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory ? filesOf(directory, path) : [path];
  }).sort();
}
