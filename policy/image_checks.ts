/**
 * The gate `images`: every OCI image among the artifacts is built on a base
 * that is pinned by digest, holds the released artifacts and starts them, runs
 * as somebody else than root, and has nothing in it that another reader would
 * take for something else.
 *
 * What a pinned base brings (set-user-ID programs, absolute links) is the
 * base's own and is counted; what the layers above it bring is judged. An image
 * that could not be read whole is unchecked, never fine.
 *
 * @module
 */

import type { Check } from "../verify/check.ts";
import type { ImageBase } from "../verify/image/base.ts";
import type { ImageFacts, SingleImage } from "../verify/image/facts.ts";
import type { ImageCode, ImageFinding } from "../verify/image/finding.ts";
import type { ImageRecipe } from "../verify/image/image_recipe.ts";
import { findingResult } from "./finding_result.ts";
import type { Policy } from "./policy.ts";

/** An image and what is known of it. */
export interface ImageInput {
  readonly target: string;
  readonly name: string;
  readonly recipe: ImageRecipe;
  /** Null when it could not be read. */
  readonly facts: ImageFacts | null;
  /** Null for an image that is built on nothing. */
  readonly base: ImageBase | null;
  /** SHA-256 of the target's artifacts by name. */
  readonly released: ReadonlyMap<string, string>;
}

type Rules = NonNullable<Policy["images"]>;
type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

/** Kinds of findings that a pinned base may have. */
const OF_BASE: readonly ImageCode[] = [
  "image-link-absolute",
  "image-setuid",
  "image-device",
];

/** Checks of the gate; none when the policy does not name it. */
export function imageChecks(
  targets: readonly string[],
  inputs: readonly ImageInput[],
  policy: Policy,
): Check[] {
  const rules = policy.images;
  if (rules === undefined) return [];
  return (rules.targets ?? targets).flatMap((target) => {
    const own = inputs.filter((input) => input.target === target);
    return own.length === 0
      ? [check("image", target, {
        code: "image-missing",
        status: "unchecked",
        expected: "an artifact of the recipe that is an image",
        observed: "none",
      })]
      : own.flatMap((input) => inputChecks(input, rules));
  });
}

function inputChecks(input: ImageInput, rules: Rules): Check[] {
  const subject = `${input.target}/${input.name}`;
  const { facts } = input;
  if (facts === null) {
    return [check("layout", subject, {
      code: "image-unreadable",
      status: "unchecked",
      expected: "an OCI layout that can be read",
      observed: "it was not read",
    })];
  }
  return [
    ...findingChecks(subject, facts.findings, {
      codes: ["image-unreadable", "image-stray-file"],
      of: "layout",
      rules,
    }),
    ...facts.images.flatMap((image) =>
      singleChecks(
        facts.images.length === 1
          ? subject
          : `${subject}/${image.platform}/${image.digest}`,
        image,
        { input, rules },
      )
    ),
  ];
}

function singleChecks(
  subject: string,
  image: SingleImage,
  { input, rules }: { readonly input: ImageInput; readonly rules: Rules },
): Check[] {
  const base = baseResult(image, input, rules);
  const below = base.layers;
  const isOfBase = ({ code, layer }: ImageFinding) =>
    OF_BASE.includes(code) && layer !== null && layer < below;
  const own = image.findings.filter((finding) => !isOfBase(finding));
  return [
    check("base", subject, {
      ...base.result,
      observed: own.length === image.findings.length
        ? base.result.observed
        : `${base.result.observed}; with links, devices or programs of its own that would be findings above it`,
    }),
    ...findingChecks(subject, own, {
      codes: [
        "image-unreadable",
        "image-path-unsafe",
        "image-link-unsafe",
        "image-link-absolute",
        "image-whiteout-unsafe",
        "image-device",
        "image-setuid",
      ],
      of: "layers",
      rules,
    }),
    check("user", subject, userResult(image)),
    ...Object.entries(input.recipe.holds).map(([path, name]) =>
      check(
        `holds${path}`,
        subject,
        heldResult(image, path, {
          name,
          released: input.released.get(name),
        }),
      )
    ),
    check("start", subject, startResult(image, input)),
    check("preload", subject, {
      code: "image-preload",
      status: image.preloads.length === 0 ? "pass" : "fail",
      expected: "no code that the loader brings in unasked",
      observed: image.preloads.join(", ") || "none",
    }),
  ];
}

/** One check for each kind of finding, passed where there is none. */
function findingChecks(
  subject: string,
  findings: readonly ImageFinding[],
  { codes, of, rules }: {
    readonly codes: readonly ImageCode[];
    /** What of an image they are about. */
    readonly of: "layout" | "layers";
    readonly rules: Rules;
  },
): Check[] {
  return codes.map((code) =>
    check(
      `${of}/${code}`,
      subject,
      findingResult(findings, {
        code,
        expected: EXPECTED[code],
        isUnread: code === "image-unreadable",
        isAllowed: code === "image-link-absolute" &&
          rules.absoluteLinks === "allowed",
        // How many are listed of each layer is bounded.
        isCounted: false,
      }),
    )
  );
}

const EXPECTED: Readonly<Record<ImageCode, string>> = {
  "image-unreadable": "what can be read whole",
  "image-stray-file": "no file in the layout that no descriptor names",
  "image-path-unsafe": "names that mean one place below the root",
  "image-link-unsafe": "links that stay below the root",
  "image-link-absolute": "no absolute links above the base",
  "image-whiteout-unsafe": "whiteouts of names in their own directory",
  "image-device": "no devices or pipes above the base",
  "image-setuid": "no files that give more rights above the base",
};

/** How the base is, and how many layers belong to it. */
function baseResult(
  image: SingleImage,
  { recipe, base }: ImageInput,
  rules: Rules,
): { readonly result: Result; readonly layers: number } {
  const result = (
    status: Check["status"],
    expected: string,
    observed: string,
  ): Result => ({ code: "image-base", status, expected, observed });
  const wanted = recipe.base === "scratch" ? "scratch" : recipe.base.digest;
  if (rules.bases !== undefined && !rules.bases.includes(wanted)) {
    return {
      layers: 0,
      result: result("fail", `one of ${rules.bases.join(", ")}`, wanted),
    };
  }
  const others = image.baseDigests.filter((digest) => digest !== wanted);
  if (others[0] !== undefined) {
    return {
      layers: 0,
      result: result(
        "fail",
        wanted === "scratch" ? "no base" : wanted,
        `it says that it is built on ${others[0]}`,
      ),
    };
  }
  if (recipe.base === "scratch") {
    return { layers: 0, result: result("pass", "no base", "none") };
  }
  const expected = `the layers of ${wanted} below its own`;
  if (base === null || base.kind === "unknown") {
    return {
      layers: 0,
      result: result("unchecked", expected, base?.reason ?? "no base is known"),
    };
  }
  const layers = base.diffIds.get(image.platform);
  if (layers === undefined) {
    return {
      layers: 0,
      result: result("unchecked", expected, `no base for ${image.platform}`),
    };
  }
  const differs = layers.findIndex((diffId, index) =>
    image.diffIds[index] !== diffId
  );
  return differs === -1
    ? {
      layers: layers.length,
      result: result(
        "pass",
        expected,
        `${layers.length} of ${image.diffIds.length} layers`,
      ),
    }
    : {
      layers: 0,
      result: result(
        "fail",
        expected,
        `layer ${differs} is ${image.diffIds[differs] ?? "not there"}`,
      ),
    };
}

function userResult({ user, userText }: SingleImage): Result {
  return {
    code: "image-user",
    status: user.kind === "id" && user.uid > 0 ? "pass" : "fail",
    expected: "a user who is not root",
    observed: user.kind === "id"
      ? `user id ${user.uid} by "${userText}"`
      : user.reason,
  };
}

function heldResult(
  image: SingleImage,
  path: string,
  artifact: { readonly name: string; readonly released: string | undefined },
): Result {
  const file = Object.hasOwn(image.files, path) ? image.files[path] : null;
  const { name, released } = artifact;
  const known = released !== undefined && (!file || file.sha256 !== null);
  return {
    code: "image-artifact",
    status: !known
      ? "unchecked"
      : file?.sha256 === released && file.executable
      ? "pass"
      : "fail",
    expected: `"${name}" as it is released, executable`,
    observed: !file
      ? "no file there"
      : file.sha256 === null
      ? "a file that could not be read"
      : file.sha256 !== released
      ? `other bytes, sha256:${file.sha256}`
      : file.executable
      ? "that"
      : "a file that not everybody may execute",
  };
}

function startResult(
  image: SingleImage,
  { recipe }: ImageInput,
): Result {
  const words = (argv: readonly string[]) =>
    argv.map((word) => JSON.stringify(word)).join(" ");
  if (recipe.entrypoint !== undefined) {
    const same = words(recipe.entrypoint) === words(image.start);
    return {
      code: "image-start",
      status: same && image.program !== null ? "pass" : "fail",
      expected: `${words(recipe.entrypoint)}, which the image has`,
      observed: image.program === null
        ? `${words(image.start) || "nothing"}, which it has not`
        : words(image.start),
    };
  }
  const held = Object.keys(recipe.holds).flatMap((path) =>
    image.files[path]?.path ?? []
  );
  return {
    code: "image-start",
    status: image.program !== null && held.includes(image.program)
      ? "pass"
      : "fail",
    expected: "one of the artifacts that it holds",
    observed: image.program ?? (words(image.start) || "nothing"),
  };
}

function check(what: string, subject: string, result: Result): Check {
  return {
    id: `images/${what}/${subject}`,
    gate: "images",
    subject,
    evidence: [],
    ...result,
  };
}
