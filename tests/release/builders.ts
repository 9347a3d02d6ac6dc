/**
 * A release whose targets come from several hosts, for tests: one project, a
 * deciding host, and builders with directories and keys of their own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type ProgramRun, runProgram } from "../cli/program.ts";
import { signStatement } from "../../release/sign/sign.ts";
import { loadSigningKey } from "../../release/sign/signing_key.ts";
import { copyTree, exists, GOOD_SCRIPT, NOW, Workplace } from "./project.ts";

/** Changes a statement of a builder and signs it again. */
export async function restate(
  directory: string,
  key: string,
  // deno-lint-ignore no-explicit-any -- what a liar writes has no type
  change: (statement: any) => void,
  path = "attestations/supply.sigstore.json",
): Promise<void> {
  const file = `${directory}/${path}`;
  const { dsseEnvelope } = JSON.parse(Deno.readTextFileSync(file));
  const statement = JSON.parse(
    new TextDecoder().decode(Uint8Array.fromBase64(dsseEnvelope.payload)),
  );
  change(statement);
  Deno.writeFileSync(
    file,
    await signStatement(statement, loadSigningKey(key, undefined)),
  );
}

/** The kinds of statements that a builder signs. */
export const BUILDER_KINDS = [
  "tag:reproof,2026:supply/v1",
  "https://slsa.dev/provenance/v1",
];

/** Targets of the project. */
export const TARGETS = ["one", "two", "three"];

/** Reads a document. */
// deno-lint-ignore no-explicit-any -- what a document holds has no type here
export function readJson(path: string): any {
  return JSON.parse(Deno.readTextFileSync(path));
}

/** Writes a document. */
export function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(value));
}

/** Flags that have every target built here as well. */
export const ALL_HERE = TARGETS.flatMap((target) => ["--target", target]);

/** How a project differs from the plain one. */
export interface ProjectChanges {
  readonly script?: string;
  readonly recipe?: Record<string, unknown>;
  readonly policy?: Record<string, unknown>;
  /** Members of each target of the recipe. */
  readonly target?: Record<string, unknown>;
}

/** A deciding host and one builder for each target. */
export class Builders implements Disposable {
  readonly gate = new Workplace();
  readonly places: Readonly<Record<string, Workplace>> = Object.fromEntries(
    TARGETS.map((target) => [target, new Workplace()]),
  );

  /** The trust of a policy that lets each builder supply its own target. */
  get trust(): { keys: Record<string, unknown>[] } {
    return {
      keys: [
        { id: "release", publicKey: this.pem(this.gate) },
        ...TARGETS.map((target) => ({
          id: `host-${target}`,
          publicKey: this.pem(this.place(target)),
          scope: { targets: [target], predicateTypes: BUILDER_KINDS },
        })),
      ],
    };
  }

  /** Public key of a place. */
  pem(place: Workplace): string {
    return Deno.readTextFileSync(place.publicKey);
  }

  /** The host of a target. */
  place(target: string): Workplace {
    const place = this.places[target];
    if (place === undefined) throw new TypeError(`no host for ${target}`);
    return place;
  }

  /** The project, whose targets are built by one script. */
  project(changes: ProjectChanges = {}): string {
    return this.gate.script(changes.script ?? GOOD_SCRIPT, {
      recipe: {
        targets: Object.fromEntries(TARGETS.map((target) => [target, {
          build: [{ argv: ["/bin/sh", "build.sh", target] }],
          artifacts: [{ name: "artifact", path: "artifact" }],
          ...changes.target,
        }])),
        ...changes.recipe,
      },
      policy: {
        targets: { required: TARGETS },
        trust: this.trust,
        ...changes.policy,
      },
    });
  }

  /** Runs a builder on a checkout of its own; the directory that it left. */
  async supply(
    project: string,
    target: string,
    options: {
      readonly by?: Workplace;
      readonly now?: string;
      readonly flags?: readonly string[];
      readonly code?: number;
    } = {},
  ): Promise<string> {
    const place = options.by ?? this.place(target);
    const name = crypto.randomUUID().slice(0, 8);
    const checkout = `${place.path}/checkout-${name}`;
    copyTree(project, checkout);
    const directory = `${place.path}/supply-${name}`;
    const run = await runProgram([
      "supply",
      checkout,
      "--target",
      target,
      "--key",
      place.key,
      "--out",
      directory,
      "--now",
      options.now ?? NOW,
      "--isolation",
      "none",
      "--quiet",
      ...options.flags ?? [],
    ]);
    assertEquals(run.code, options.code ?? 0, run.stdout + run.stderr);
    assertEquals(exists(directory), true);
    return directory;
  }

  /** Decides with what was handed in. */
  release(
    project: string,
    handed: readonly string[],
    ...flags: string[]
  ): Promise<ProgramRun & { readonly out: string }> {
    return this.gate.release(
      project,
      ...handed.flatMap((directory) => ["--evidence", directory]),
      "--isolation",
      "none",
      ...flags,
    );
  }

  /** A copy of a directory that may be changed. */
  copy(directory: string): string {
    const to = `${this.gate.path}/copy-${crypto.randomUUID().slice(0, 8)}`;
    copyTree(directory, to);
    return to;
  }

  [Symbol.dispose](): void {
    this.gate[Symbol.dispose]();
    for (const place of Object.values(this.places)) place[Symbol.dispose]();
  }
}
