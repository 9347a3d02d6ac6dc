/**
 * Placeholders of a recipe. A placeholder is a word in braces, with an
 * argument or without: `{version}`, `{tool:gcc}`. Every such word must be one
 * that the recipe's documentation lists and must have a value where it
 * stands; all other text, braces included, is taken as it is. Nothing that
 * was put in is expanded again.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { UsageError } from "../error.ts";
import { commandOf, type Smoke } from "../trial/smoke_recipe.ts";
import type { Recipe } from "./recipe.ts";

/** What placeholders stand for; an absent member has no value there. */
export interface PlaceholderValues {
  readonly version?: string;
  readonly target?: string;
  readonly sourceDateEpoch?: string;
  readonly jobs?: string;
  readonly prepared?: string;
  readonly deno?: string;
  /** The first artifact. */
  readonly artifact?: string;
  /** Any artifact of the target by name, for `{artifact:NAME}`. */
  readonly artifacts?: Readonly<Record<string, string>>;
  readonly temporary?: string;
  readonly source?: string;
  /** Numbers of ports by name, for `{port:NAME}`. */
  readonly port?: Readonly<Record<string, string>>;
  /** Executables by toolchain, for `{tool:NAME}`. */
  readonly tool?: Readonly<Record<string, string>>;
  /** Locked version texts by toolchain, for `{toolVersion:NAME}`. */
  readonly toolVersion?: Readonly<Record<string, string>>;
}

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*)(?::([^{}\s]*))?\}/g;
const PLAIN = [
  "version",
  "target",
  "sourceDateEpoch",
  "jobs",
  "prepared",
  "deno",
  "artifact",
  "temporary",
  "source",
] as const;
const NAMED = ["tool", "toolVersion", "port"] as const;
const FORMS: readonly string[] = [...PLAIN, ...NAMED];

/**
 * Expands every placeholder in a text.
 *
 * @param options `what` names the place for messages, such as a JSON path.
 * @throws {UsageError} `recipe-invalid` for a word that is not a placeholder,
 * a toolchain that the recipe does not have, or one without a value here.
 */
export function expandPlaceholders(
  text: string,
  values: PlaceholderValues,
  options: { readonly what: string },
): string {
  return text.replace(
    PLACEHOLDER,
    (whole: string, word: string, argument: string | undefined) => {
      const doing = `Expanding "${whole}" in ${options.what}`;
      if (!FORMS.includes(word)) {
        throw new UsageError("recipe-invalid", doing, {
          expected: `one of ${FORMS.map((form) => `{${form}}`).join(", ")}`,
          observed: `"${whole}"`,
          next: `Did you mean "{${
            closestString(word, FORMS)
          }}"? A shell variable is written without braces.`,
        });
      }
      if (isNamed(word)) {
        const named = values[word];
        if (argument === undefined || argument === "") {
          throw new UsageError("recipe-invalid", doing, {
            expected: `"{${word}:NAME}" with the name of a ${
              word === "port" ? "port" : "toolchain"
            }`,
            observed: `"${whole}"`,
          });
        }
        if (named !== undefined && Object.hasOwn(named, argument)) {
          return named[argument] ?? "";
        }
        const known = Object.keys(named ?? {});
        throw new UsageError("recipe-invalid", doing, {
          expected: known.length === 0
            ? `a place where the ${
              word === "port" ? "ports" : "toolchains"
            } have a value`
            : `one of the ${word === "port" ? "ports" : "toolchains"} ${
              known.join(", ")
            }`,
          observed: `"${argument}"`,
        });
      }
      if (word === "artifact" && argument !== undefined) {
        const named = values.artifacts ?? {};
        if (Object.hasOwn(named, argument)) return named[argument] ?? "";
        throw new UsageError("recipe-invalid", doing, {
          expected: Object.keys(named).length === 0
            ? "a place where artifacts have a value"
            : `one of the artifacts ${Object.keys(named).join(", ")}`,
          observed: `"${argument}"`,
        });
      }
      if (argument !== undefined) {
        throw new UsageError("recipe-invalid", doing, {
          expected: `"{${word}}" without an argument`,
          observed: `"${whole}"`,
        });
      }
      const value = values[word as typeof PLAIN[number]];
      if (value === undefined) {
        throw new UsageError("recipe-invalid", doing, {
          expected: "a placeholder that has a value there",
          observed: `"${whole}"`,
        });
      }
      return value;
    },
  );
}

function isNamed(word: string): word is typeof NAMED[number] {
  return (NAMED as readonly string[]).includes(word);
}

/**
 * Checks every placeholder of a recipe before anything runs.
 *
 * @throws {UsageError} `recipe-invalid` for the first that cannot be expanded.
 */
export function checkPlaceholders(recipe: Recipe): void {
  const toolchains = Object.entries(recipe.toolchains);
  const any = {
    tool: Object.fromEntries(
      toolchains.filter(([, tool]) => !("npm" in tool))
        .map(([name]) => [name, ""]),
    ),
    toolVersion: Object.fromEntries(toolchains.map(([name]) => [name, ""])),
    version: "",
    sourceDateEpoch: "",
    deno: "",
    prepared: "",
    jobs: "",
  };
  const inTarget = { ...any, target: "" };
  const texts = (
    values: PlaceholderValues,
    path: string,
    found: readonly string[] | Readonly<Record<string, string>>,
  ) => {
    for (const [key, text] of Object.entries(found)) {
      const what = Array.isArray(found) ? `${path}[${key}]` : `${path}.${key}`;
      expandPlaceholders(text, values, { what });
    }
  };
  const smokeTexts = (
    smoke: Smoke,
    at: string,
    values: PlaceholderValues,
  ) => {
    const ports = Object.values(smoke.hosts).flatMap((host) => host.ports);
    const inTrial = {
      ...values,
      port: Object.fromEntries(ports.map((port) => [port, ""])),
    };
    for (const [host, { argv, env }] of Object.entries(smoke.hosts)) {
      texts(inTrial, `${at}.hosts.${host}.argv`, argv);
      texts(inTrial, `${at}.hosts.${host}.env`, env);
    }
    smoke.steps.forEach((step, index) => {
      const command = commandOf(step);
      if (command === undefined) return;
      const path = `${at}.steps[${index}].command`;
      texts(inTrial, `${path}.argv`, command.argv);
      texts(inTrial, `${path}.env`, command.env);
    });
  };
  const { fallback } = recipe.rollback;
  if (fallback !== undefined) {
    const { tool, version, deno } = any;
    const values = { tool, version, deno, temporary: "", source: "" };
    smokeTexts(fallback, "$.rollback.fallback", values);
  }
  const inStep = { ...any, source: "" };
  const inBuild = { ...inTarget, source: "" };
  const shared = recipe.prepare.length === 0 ? inBuild : inStep;
  texts(shared, "$.env", recipe.env);
  recipe.prepare.forEach((step, index) => {
    texts(inStep, `$.prepare[${index}].argv`, step.argv);
    texts(inStep, `$.prepare[${index}].env`, step.env);
  });
  texts(inTarget, "$.metadata", recipe.metadata);
  for (const [name, target] of Object.entries(recipe.targets)) {
    const at = `$.targets.${name}`;
    const { toolchains: only } = target;
    const ownTools = {
      ...inBuild,
      tool: Object.fromEntries(
        Object.entries(inBuild.tool).filter(([tool]) =>
          only?.includes(tool) ?? true
        ),
      ),
    };
    texts(ownTools, `${at}.env`, target.env);
    texts(inTarget, `${at}.metadata`, target.metadata);
    target.build.forEach((step, index) => {
      texts(ownTools, `${at}.build[${index}].argv`, step.argv);
      texts(ownTools, `${at}.build[${index}].env`, step.env);
    });
    if (target.probe !== undefined) {
      const inProbe = { ...inTarget, artifact: "" };
      texts(inProbe, `${at}.probe.argv`, target.probe.argv);
      texts(inProbe, `${at}.probe.env`, target.probe.env);
    }
    for (const { name: image, image: own } of target.artifacts) {
      if (own?.smoke === undefined) continue;
      const { version, toolVersion } = any;
      smokeTexts(own.smoke, `${at}.artifacts.${image}.image.smoke`, {
        ...{ version, toolVersion, target: "" },
        ...{ artifact: "", temporary: "" },
      });
    }
    const { smoke, parity, contract, startup } = target;
    // What ran in the build is not at hand when its outcome runs.
    const { tool: _, jobs: __, ...values } = inTarget;
    const artifacts = Object.fromEntries(
      target.artifacts.map((artifact) => [artifact.name, ""]),
    );
    const own = { artifact: "", artifacts, temporary: "", source: "" };
    const places = { ...values, ...own };
    if (parity !== undefined) {
      const { cases, reference, artifact } = parity;
      const sides = {
        reference,
        artifact,
        ...("command" in cases ? { "cases.command": cases.command } : {}),
      };
      for (const [side, { argv, env }] of Object.entries(sides)) {
        texts(places, `${at}.parity.${side}.argv`, argv);
        texts(places, `${at}.parity.${side}.env`, env);
      }
    }
    if (startup !== undefined && !("metrics" in startup)) {
      const { reference, artifact, host } = startup;
      const inHost = {
        ...places,
        port: Object.fromEntries(
          (host?.ports ?? []).map((port) => [port, ""]),
        ),
      };
      const commands = {
        reference,
        artifact,
        ...(reference.probe && { "reference.probe": reference.probe }),
        ...(host && {
          "host.reference": host.reference,
          "host.artifact": host.artifact,
        }),
      };
      for (const [side, { argv, env }] of Object.entries(commands)) {
        texts(inHost, `${at}.startup.${side}.argv`, argv);
        texts(inHost, `${at}.startup.${side}.env`, env);
      }
    }
    if (contract !== undefined) {
      const { fatal, trace } = contract;
      const commands = [
        ...fatal.failures,
        ...(trace === undefined ? [] : [trace]),
      ];
      commands.forEach(({ argv, env }, index) => {
        texts(places, `${at}.contract[${index}].argv`, argv);
        texts(places, `${at}.contract[${index}].env`, env);
      });
    }
    if (smoke !== undefined) smokeTexts(smoke, `${at}.smoke`, places);
  }
}
