/**
 * The toolchains in a bill of materials: each by what pins it, those of the
 * lock first, then those of builders elsewhere, with the targets that they
 * built.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  ComponentScope,
  ComponentType,
  HashAlgorithm,
} from "@cyclonedx/cyclonedx-library/Enums";
import { Component } from "@cyclonedx/cyclonedx-library/Models";
import type { Lock, LockedTool } from "../../verify/rebuild/lock.ts";
import type { Recipe } from "../../verify/rebuild/recipe.ts";
import { lockOf } from "../../verify/rebuild/target_toolchains.ts";
import { hash, properties } from "./members.ts";

/** What is known of the toolchains. */
export interface ToolchainInputs {
  readonly recipe: Recipe;
  readonly lock: Lock;
  /** Builders elsewhere, whose toolchains may be others. */
  readonly builders?: readonly {
    readonly lock: Lock;
    readonly lockSha256: string;
    readonly targets: readonly string[];
  }[];
}

/** Toolchains of the lock, then those of builders with a lock of their own. */
export function toolchainComponents(
  { recipe, lock, builders = [] }: ToolchainInputs,
  /** Digest of the lock. */
  ownSha256: string,
): Component[] {
  const elsewhere = builders.filter(({ lockSha256 }) =>
    lockSha256 !== ownSha256
  );
  const away = elsewhere.flatMap(({ targets }) => targets);
  const here = Object.keys(recipe.targets).filter((target) =>
    !away.includes(target)
  );
  const locks = Map.groupBy(elsewhere, ({ lockSha256 }) => lockSha256);
  return [
    ...toolchainsOf(lock, here, { recipe, prefix: "toolchain" }),
    ...[...locks].toSorted(byName).flatMap(([lockSha256, [first, ...more]]) => {
      if (first === undefined) return [];
      const targets = [first, ...more].flatMap((one) => one.targets).toSorted();
      return toolchainsOf(first.lock, targets, {
        recipe,
        prefix: `toolchain/${lockSha256.slice(0, 16)}`,
        known: { "lock:sha256": lockSha256, targets: targets.join(" ") },
      });
    }),
  ];
}

/** Toolchains that some targets are built with. */
function toolchainsOf(
  lock: Lock,
  targets: readonly string[],
  { recipe, prefix, known = {} }: {
    readonly recipe: Recipe;
    readonly prefix: string;
    readonly known?: Readonly<Record<string, string>>;
  },
): Component[] {
  return Object.entries(lockOf(recipe, lock, targets).toolchains)
    .toSorted(byName)
    .map(([name, tool]) =>
      toolchain(`${prefix}/${name}`, { name, tool, recipe, known })
    );
}

function byName(
  [a]: readonly [string, unknown],
  [b]: readonly [string, unknown],
) {
  return a < b ? -1 : 1;
}

/** A toolchain by what pins it. */
function toolchain(bomRef: string, { name, tool, recipe, known }: {
  readonly name: string;
  readonly tool: LockedTool;
  readonly recipe: Recipe;
  /** What the document says of it beside its pin. */
  readonly known: Readonly<Record<string, string>>;
}): Component {
  const pinned = (pins: Readonly<Record<string, string | number>> = {}) => ({
    bomRef,
    version: tool.version,
    scope: ComponentScope.Excluded,
    properties: properties({ pin: tool.pin, ...pins, ...known }),
  });
  const make = (
    members: ConstructorParameters<typeof Component>[2],
  ) => new Component(ComponentType.Application, name, members);
  switch (tool.pin) {
    case "host":
      return make({
        ...pinned({
          "digest-of": "executable",
          "files:sha256": tool.files.sha256,
          "files:count": tool.files.count,
        }),
        hashes: hash(HashAlgorithm["SHA-256"], tool.executable.sha256),
      });
    case "archive":
      return make({
        ...pinned({
          "digest-of": "archive",
          "executable:sha256": tool.executable.sha256,
          "files:sha256": tool.files.sha256,
          "files:count": tool.files.count,
        }),
        hashes: hash(HashAlgorithm["SHA-256"], tool.archive.sha256),
      });
    case "npm": {
      const wanted = recipe.toolchains[name];
      return make({
        ...pinned({ "digest-of": "package" }),
        hashes: hash(
          HashAlgorithm["SHA-512"],
          Buffer.from(tool.integrity.slice("sha512-".length), "base64")
            .toString("hex"),
        ),
        ...(wanted !== undefined && "npm" in wanted
          ? { purl: `pkg:npm/${npmPurl(wanted.npm)}` }
          : {}),
      });
    }
    case "version":
      return make({
        ...pinned(),
        description: "Known by the version that it prints alone.",
      });
  }
}

/** The scope's @ is escaped in a purl (purl specification, npm). */
function npmPurl(spec: string): string {
  return spec.startsWith("@") ? `%40${spec.slice(1)}` : spec;
}
