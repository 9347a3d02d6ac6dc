/**
 * What each question about one package came to: its name, version and
 * platforms, what it holds and starts, and what else it brings.
 *
 * @module
 */

import { compareVersions } from "../verify/abi/version_order.ts";
import type { Check } from "../verify/check.ts";
import {
  describeMachine,
  targetAgreement,
} from "../verify/metadata/target_agreement.ts";
import type { PackageFacts, PackageFile } from "../verify/package/facts.ts";
import type { PackageManifest } from "../verify/package/manifest.ts";
import { platformsInPath } from "../verify/package/platform_words.ts";
import { PACKAGE_READERS } from "../verify/package/readers.ts";
import { matchesGlob } from "../verify/rebuild/glob.ts";
import type { PackageEvidence, PackageInput } from "./package_checks.ts";

/** A package with everything that it is held against. */
export interface PackageWords extends PackageEvidence {
  readonly input: PackageInput;
  readonly facts: PackageFacts;
}

type Result = Pick<Check, "code" | "status" | "expected" | "observed">;
type Named = readonly [what: string, result: Result];

const SHOWN = 5;

/** Every question, with what it came to. */
export function packageResults(words: PackageWords): Named[] {
  const { input: { recipe }, facts } = words;
  const { manifest } = facts;
  const held = Object.entries(recipe.holds);
  return [
    ...(manifest === null ? [] : [
      [
        "form",
        nothingElse("package-form", manifest.flaws, "the form of its kind"),
      ],
      ["name", nameResult(words, manifest)],
      ["version", versionResult(words, manifest)],
      ["commands", commandResult(words, manifest)],
      [
        "hooks",
        nothingElse(
          "package-hook",
          manifest.hooks.filter((hook) => !recipe.hooks.includes(hook)),
          "nothing undeclared that runs while it is installed",
        ),
      ],
      ...recipe.refers.length === 0 && manifest.refers.length === 0
        ? []
        : [["refers", refersResult(words, manifest)] as const],
      ...held.map(([path]) =>
        [`target/${path}`, targetResult(words, manifest, path)] as const
      ),
    ] as Named[]),
    ...held.map(([path, artifact]) =>
      [`holds/${path}`, heldResult(words, path, artifact)] as const
    ),
    [
      "executables",
      nothingElse(
        "package-executable",
        facts.executables.filter((path) =>
          !Object.hasOwn(recipe.holds, path) && !matchesGlob(path, recipe.also)
        ),
        "nothing undeclared that can be executed",
      ),
    ],
  ];
}

function nothingElse(
  code: Check["code"],
  found: readonly string[],
  expected: string,
): Result {
  const more = found.length - SHOWN;
  return {
    code,
    status: found.length === 0 ? "pass" : "fail",
    expected,
    observed: found.length === 0
      ? "that"
      : `${found.slice(0, SHOWN).join(", ")}${
        more > 0 ? ` and ${more} more` : ""
      }`,
  };
}

function nameResult(
  { input: { recipe } }: PackageWords,
  { name }: PackageManifest,
): Result {
  return {
    code: "package-name",
    // NuGet and Python take names for one whatever their case.
    status: name === recipe.name ? "pass" : "fail",
    expected: recipe.name,
    observed: name,
  };
}

function versionResult(
  { input: { recipe }, version }: PackageWords,
  manifest: PackageManifest,
): Result {
  const form = PACKAGE_READERS[recipe.kind].versionForm(version);
  return {
    code: "package-version",
    status: form === null
      ? "unchecked"
      : form.test(manifest.version)
      ? "pass"
      : "fail",
    expected: form === null
      ? `${version}, for which ${recipe.kind} has no spelling known here`
      : `${version}, as ${recipe.kind} spells it`,
    observed: manifest.version,
  };
}

function commandResult(
  { input: { recipe }, facts }: PackageWords,
  { commands }: PackageManifest,
): Result {
  const wanted = Object.entries(recipe.commands);
  const problems = [
    ...wanted.flatMap(([name, path]) => {
      const found = commands.get(name);
      if (found === undefined) return [`no "${name}"`];
      if (found !== path) return [`"${name}" starts "${found}"`];
      if (!facts.paths.has(path)) return [`"${path}" is not there`];
      // Declared twice over: as a command, and as what may be executed.
      return Object.hasOwn(recipe.holds, path) || matchesGlob(path, recipe.also)
        ? []
        : [`"${name}" starts no artifact`];
    }),
    ...[...commands.keys()].filter((name) =>
      !Object.hasOwn(recipe.commands, name)
    ).map((name) => `"${name}" undeclared`),
  ];
  return {
    ...nothingElse("package-command", problems, ""),
    expected: wanted.length === 0
      ? "no commands"
      : wanted.map(([name, path]) => `"${name}" starts "${path}"`).join(", "),
  };
}

function refersResult(
  { input: { recipe }, packages }: PackageWords,
  manifest: PackageManifest,
): Result {
  const expected = `the packages ${
    recipe.refers.join(", ") || "that it declares"
  } of this release`;
  const problems = [
    ...recipe.refers.filter((name) => !manifest.refers.includes(name))
      .map((name) => `no "${name}" of this version`),
    ...manifest.refers.filter((name) => !recipe.refers.includes(name))
      .map((name) => `"${name}" undeclared`),
  ];
  if (problems.length > 0) {
    return nothingElse("package-form", problems, expected);
  }
  const strangers = recipe.refers.filter((name) =>
    !packages.some((own) =>
      own.recipe.kind === recipe.kind && own.recipe.name === name
    )
  );
  return strangers.length === 0 ? nothingElse("package-form", [], expected) : {
    code: "package-missing",
    status: "unchecked",
    expected,
    observed: `no package ${strangers.join(", ")} in the recipe`,
  };
}

function heldResult(
  { input, facts, released }: PackageWords,
  path: string,
  artifact: string,
): Result {
  const wanted = released.get(
    artifact.includes("/") ? artifact : `${input.target}/${artifact}`,
  );
  const file = fileAt(facts, path);
  const known = wanted !== undefined && (file === null || file.sha256 !== null);
  const good = file !== null && file.sha256 === wanted &&
    file.executable !== false;
  return {
    code: "package-artifact",
    status: !known ? "unchecked" : good ? "pass" : "fail",
    expected: `"${artifact}" as it is released${
      PACKAGE_READERS[input.recipe.kind].keepsModes ? ", executable" : ""
    }`,
    observed: file === null
      ? "no file there"
      : file.sha256 === null
      ? "a file that could not be read"
      : wanted === undefined
      ? "an artifact that was not read"
      : file.sha256 !== wanted
      ? `other bytes, sha256:${file.sha256}`
      : good
      ? "that"
      : "a file that not everybody may execute",
  };
}

/**
 * The platforms of the path all are the program's; of those of the manifest one
 * where the path names any, else all.
 */
function targetResult(
  { facts }: PackageWords,
  manifest: PackageManifest,
  path: string,
): Result {
  const file = fileAt(facts, path);
  const own = platformsInPath(path);
  const says = [...own, ...manifest.platforms].map((one) => one.says).join(
    ", ",
  );
  const expected = says === "" ? "a platform that it says" : says;
  const result = (status: Check["status"], observed: string): Result => ({
    code: "package-target",
    status,
    expected,
    observed,
  });
  if (file === null) return result("unchecked", "no file there");
  const { machine } = file;
  if (machine === null) {
    return says === ""
      ? result("pass", "no machine code, for any platform")
      : result("unchecked", "bytes of no executable format");
  }
  const observed = describeMachine(machine);
  if (machine.format === "wasm" && says === "") return result("pass", observed);
  if (says === "") return result("fail", `${observed}, for any platform`);
  const states = (platforms: readonly (typeof own)[number][]) =>
    platforms.map(({ target, says }) =>
      targetAgreement(target ?? says, machine).state
    );
  const inPath = states(own);
  const inManifest = states(manifest.platforms);
  const manifestAgrees = own.length > 0 && inManifest.includes("agrees");
  const all = manifestAgrees ? inPath : [...inPath, ...inManifest];
  const lower = manifest.platforms.flatMap((one) => needsMore(file, one) ?? []);
  if (lower.length > 0) return result("fail", lower.join(", "));
  const promises = manifest.platforms.some(({ floor }) => floor !== undefined);
  return result(
    all.includes("contradicts")
      ? "fail"
      : all.includes("unknown") || promises && file.abi?.kind === "unreadable"
      ? "unchecked"
      : "pass",
    observed,
  );
}

/** What a program needs beyond the system that a platform promises to do. */
function needsMore(
  { abi }: PackageFile,
  { floor }: PackageManifest["platforms"][number],
): string | null {
  if (floor === undefined || abi === null) return null;
  if (abi.kind === "unreadable") return null;
  const needed = abi.kind === "elf"
    ? floor.what === "GLIBC" ? abi.versions["GLIBC"] : undefined
    : abi.system === floor.what
    ? abi.version
    : undefined;
  return needed !== undefined && compareVersions(needed, floor.version) > 0
    ? `${floor.what} ${needed}, and it says ${floor.version}`
    : null;
}

function fileAt(facts: PackageFacts, path: string): PackageFile | null {
  return Object.hasOwn(facts.files, path) ? facts.files[path] ?? null : null;
}
