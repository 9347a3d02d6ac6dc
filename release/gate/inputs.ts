/**
 * What a gate decides with: recipe, lock, policy, signer and output path, all
 * read and refused before anything is built.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { POLICY, type Policy, POLICY_FILE } from "../../policy/policy.ts";
import { sha256 } from "../../verify/digest.ts";
import { parseDocument } from "../../verify/document.ts";
import { escapeText } from "../../verify/escape.ts";
import { ReproofError, UsageError } from "../../verify/error.ts";
import { LOCK, type Lock, LOCK_FILE } from "../../verify/rebuild/lock.ts";
import {
  RECIPE,
  type Recipe,
  RECIPE_FILE,
} from "../../verify/rebuild/recipe.ts";
import type { Rebuild } from "../../verify/rebuild/rebuild.ts";
import { lockOf } from "../../verify/rebuild/target_toolchains.ts";
import { OUTCOMES } from "../../verify/verdict.ts";
import { outcomeDirectory } from "../layout.ts";
import { assertKnownNormalizers } from "../known_normalizers.ts";
import { readDocumentBytes } from "../read_document.ts";
import { loadSigningKey, type SigningKey } from "../sign/signing_key.ts";
import { assertBundle } from "./bundle.ts";
import type { GateSigner } from "./gate_signer.ts";
import {
  assertSignerInPolicy,
  assertSupplierInPolicy,
} from "./signer_in_policy.ts";

/** A document with the bytes it was read from. */
export interface InputDocument<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Everything that is read before a build. */
export interface GateInputs {
  readonly recipe: InputDocument<Recipe>;
  readonly lock: InputDocument<Lock>;
  readonly policy: InputDocument<Policy>;
  /** Where the policy was read from; its files are relative to it. */
  readonly policyPath: string;
  /** Files of trusted roots, of the caller and of the policy. */
  readonly roots: readonly string[];
  readonly signer: GateSigner;
}

/**
 * Reads the documents of a project, and refuses a signer they do not know.
 *
 * @param directory Directory of the recipe.
 * @throws {UsageError} for the first document or key that is not usable.
 */
export function readInputs(
  directory: string,
  options: {
    readonly policyPath: string | undefined;
    readonly signer: GateSigner;
    readonly now: Date;
    /** Trusted roots that the caller names. */
    readonly roots?: readonly string[];
    /** Targets that are to be supplied, and nothing decided. */
    readonly supplies?: readonly string[];
    /** Lock instead of the one beside the recipe. */
    readonly lockPath?: string | undefined;
  },
): GateInputs {
  const read = <T>(
    kind: Parameters<typeof parseDocument<T>>[0],
    path: string,
  ): InputDocument<T> => {
    const bytes = readDocumentBytes(path);
    return {
      value: parseDocument(kind, bytes, path),
      bytes,
      sha256: sha256(bytes),
    };
  };
  const recipe = read(RECIPE, join(directory, RECIPE_FILE));
  assertBundle(directory, recipe.value);
  const policyPath = options.policyPath ?? join(directory, POLICY_FILE);
  const policy = read(POLICY, policyPath);
  if (policy.value.project !== recipe.value.name) {
    throw new UsageError("policy-invalid", "Reading the policy", {
      expected: `the project "${recipe.value.name}", as in the recipe`,
      observed: `"${policy.value.project}"`,
    });
  }
  assertKnownNormalizers(policy.value);
  if (options.supplies === undefined) {
    assertSignerInPolicy(policy.value, options.signer.trust, {
      targets: Object.keys(recipe.value.targets),
      now: options.now,
    });
  } else {
    assertSupplierInPolicy(policy.value, options.signer.trust, {
      targets: options.supplies,
      now: options.now,
    });
  }
  return {
    recipe,
    lock: read(LOCK, options.lockPath ?? join(directory, LOCK_FILE)),
    policy,
    policyPath,
    roots: [
      ...options.roots ?? [],
      ...policy.value.trust.roots.flatMap(({ file }) =>
        file === undefined ? [] : [join(dirname(policyPath), file)]
      ),
    ],
    signer: options.signer,
  };
}

/**
 * Opens the signing key; the passphrase comes from a variable or a prompt.
 *
 * @throws {UsageError} when the key or its passphrase is not usable.
 */
export async function openKey(
  path: string,
  options: {
    readonly passphrase: string | undefined;
    /** Asks somebody; null when there is nobody, or no answer. */
    ask(question: string): Promise<string | null>;
  },
): Promise<SigningKey> {
  try {
    return loadSigningKey(path, options.passphrase);
  } catch (error) {
    const locked = error instanceof UsageError &&
      error.code === "passphrase-wrong" && options.passphrase === undefined;
    const given = locked
      ? await options.ask(`Passphrase of ${escapeText(path)}:`)
      : null;
    if (given === null) throw error;
    return loadSigningKey(path, given);
  }
}

/**
 * A project may change while it is built: what was built must be the recipe
 * and the lock that were read before, and that the release will carry.
 *
 * @throws {ReproofError} `file-changed`.
 */
export function assertBuiltAsRead(
  { recipe, lock }: Pick<GateInputs, "recipe" | "lock">,
  rebuilt: Pick<Rebuild, "recipe" | "result" | "sourceFiles">,
  targets: readonly string[],
): void {
  const inSource = rebuilt.sourceFiles.get(RECIPE_FILE) ?? recipe.sha256;
  for (
    const [file, holds] of [
      [
        RECIPE_FILE,
        inSource === recipe.sha256 && isSame(rebuilt.recipe, recipe.value),
      ],
      [
        LOCK_FILE,
        isSame(
          rebuilt.result.lock,
          lockOf(recipe.value, lock.value, targets),
        ),
      ],
    ] as const
  ) {
    if (holds) continue;
    throw new ReproofError("file-changed", `Building by "${file}"`, {
      expected: "the document that was read at the start",
      observed: "another",
    });
  }
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/**
 * Refuses an output that is there already, under any outcome's name: an answer
 * of an earlier run must not stand beside the one of this run.
 *
 * @throws {UsageError} `output-exists`, or `output-not-writable` for a path that
 * leads nowhere.
 */
export function assertOutputFree(directory: string): void {
  for (const outcome of OUTCOMES) {
    const path = outcomeDirectory(directory, outcome);
    try {
      Deno.lstatSync(path);
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) continue;
      throw new UsageError("output-not-writable", `Preparing "${directory}"`, {
        expected: "a path that can be written to",
        observed: cause instanceof Error ? cause.message : String(cause),
        cause,
      });
    }
    throw new UsageError("output-exists", `Preparing "${directory}"`, {
      expected: "a path where nothing is yet",
      observed: `"${path}"`,
    });
  }
}
