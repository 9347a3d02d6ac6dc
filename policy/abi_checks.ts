/**
 * The gate `abi`: no artifact asks for a newer or other system than the policy
 * says its users have.
 *
 * For an ELF file the policy says which loaders there are and up to which
 * version each family of symbols is offered; a family that it does not name is
 * not offered, nor is a library beside those that it names, if it names any.
 * Where the policy names the images of a target, the loader, the
 * libraries and the symbols must be in each image that holds the artifact. For
 * Mach-O and PE it says the lowest system that must do. What
 * cannot be read, and a target that the policy says nothing of, is unchecked.
 *
 * @module
 */

import type { AbiFacts } from "../verify/abi/facts.ts";
import type { ElfNeeds } from "../verify/abi/elf_needs.ts";
import { compareVersions } from "../verify/abi/version_order.ts";
import type { Check } from "../verify/check.ts";
import type { ImageOffer } from "../verify/image/offers.ts";
import type { Policy } from "./policy.ts";

/** One artifact and what it asks for. */
export interface AbiInput {
  readonly target: string;
  readonly name: string;
  /** The first of a target is its program. */
  readonly first: boolean;
  /** Null for bytes that ask for no system, undefined when not read. */
  readonly abi: AbiFacts | null | undefined;
  /**
   * What each image that holds it offers, null where its file was not read;
   * empty where none does.
   */
  readonly images?: readonly (ImageOffer | null)[];
}

type Offer = NonNullable<Policy["abi"]>["targets"][string];
type Result = Pick<Check, "code" | "status" | "expected" | "observed">;

/** Checks of the gate; none when the policy does not name it. */
export function abiChecks(
  artifacts: readonly AbiInput[],
  policy: Policy,
): Check[] {
  const offers = policy.abi?.targets;
  if (offers === undefined) return [];
  return artifacts.flatMap((artifact) => {
    const subject = `${artifact.target}/${artifact.name}`;
    const check = (what: string, result: Result): Check => ({
      id: `abi/${what}/${subject}`,
      gate: "abi",
      subject,
      evidence: [],
      ...result,
    });
    const offer = Object.hasOwn(offers, artifact.target)
      ? offers[artifact.target]
      : undefined;
    if (offer === undefined) {
      return [check("target", {
        code: "abi-unknown",
        status: "unchecked",
        expected: `what the policy offers on ${artifact.target}`,
        observed: "nothing",
      })];
    }
    const { abi } = artifact;
    if (!abi || abi.kind === "unreadable") {
      return [check("needs", {
        code: "abi-unknown",
        // Data beside the program asks for nothing.
        status: abi === null && !artifact.first
          ? "not-applicable"
          : "unchecked",
        expected: "headers that say what system is needed",
        observed: abi?.kind === "unreadable"
          ? abi.reason
          : abi === null
          ? "no ELF, Mach-O or PE file"
          : "it was not read",
      })];
    }
    if (abi.kind === "elf") {
      return [
        // An image alone is enough to hold it against.
        ...(offer.image === true && offer.loaders === undefined &&
            offer.symbols === undefined
          ? []
          : elfResults(abi, offer)),
        ...(offer.image === true ? imageResults(abi, artifact.images) : []),
      ].map(([what, result]) => check(what, result));
    }
    const offered = abi.system === "macos"
      ? offer.macos
      : abi.system === "windows"
      ? offer.windows
      : undefined;
    return [check("system", {
      code: "abi-system",
      status: offered === undefined
        ? "unchecked"
        : compareVersions(abi.version, offered) <= 0
        ? "pass"
        : "fail",
      expected: offered === undefined
        ? `a lowest version of ${abi.system} in the policy`
        : `${abi.system} ${offered} to be enough`,
      observed: `${abi.system} ${abi.version} or later`,
    })];
  });
}

/** What is needed, held against what images have. */
function imageResults(
  needs: ElfNeeds,
  images: readonly (ImageOffer | null)[] | undefined,
): [string, Result][] {
  const unread = (observed: string): Result => ({
    code: "abi-unknown",
    status: "unchecked",
    expected: "an image that holds it and can be read",
    observed,
  });
  if (images === undefined || images.length === 0) {
    return [["image", unread("none")]];
  }
  return images.flatMap((image, index): [string, Result][] => {
    const prefix = images.length === 1 ? "image" : `image-${index + 1}`;
    if (image === null) {
      return [[prefix, unread("one in which its file could not be read")]];
    }
    return [
      [`${prefix}/libraries`, librariesResult(image)],
      ...elfResults(needs, {
        loaders: image.loader === null ? [] : [image.loader],
        symbols: image.versions,
      }).map(([what, result]): [string, Result] => [
        `${prefix}/${what}`,
        {
          ...result,
          expected: `in its image, ${result.expected}`,
          // A library that was not read may have them.
          ...(result.code === "abi-symbols" && result.status === "fail" &&
              image.unread.length > 0
            ? { code: "abi-unknown", status: "unchecked" }
            : {}),
        },
      ]),
    ];
  });
}

/** Whether an image has every library, as far as they were read. */
function librariesResult({ missing, unread }: ImageOffer): Result {
  const expected = "every library that it needs in its image";
  if (missing.length === 0 && unread.length > 0) {
    return {
      code: "abi-unknown",
      status: "unchecked",
      expected,
      observed: `not known of what ${unread.join(", ")} needs`,
    };
  }
  return {
    code: "abi-library",
    status: missing.length === 0 ? "pass" : "fail",
    expected,
    observed: missing.length === 0 ? "all" : `without ${missing.join(", ")}`,
  };
}

function elfResults(needs: ElfNeeds, offer: Offer): [string, Result][] {
  const { interpreter, libraries, versions, others } = needs;
  const lacking = libraries.filter((name) =>
    !(offer.libraries?.includes(name) ?? true)
  );
  return [
    ...(offer.libraries === undefined ? [] : [
      ["libraries", {
        code: "abi-library",
        status: lacking.length === 0 ? "pass" : "fail",
        expected: `no library but ${offer.libraries.join(", ") || "none"}`,
        observed: lacking.join(", ") || "no other",
      }] as [string, Result],
    ]),
    ["loader", {
      code: "abi-loader",
      status: offer.loaders === undefined
        ? "unchecked"
        : interpreter === null || offer.loaders.includes(interpreter)
        ? "pass"
        : "fail",
      expected: offer.loaders === undefined
        ? "loaders in the policy"
        : `no loader${offer.loaders.map((path) => `, or ${path}`).join("")}`,
      observed: interpreter ?? "no loader",
    }],
    ...Object.entries(versions).map(([family, version]): [string, Result] => {
      const offered = offer.symbols !== undefined &&
          Object.hasOwn(offer.symbols, family)
        ? offer.symbols[family]
        : undefined;
      return [`symbols/${family}`, {
        code: "abi-symbols",
        status: offered !== undefined && compareVersions(version, offered) <= 0
          ? "pass"
          : "fail",
        expected: offered === undefined
          ? `no symbols of ${family}`
          : `${family} ${offered} to be enough`,
        observed: `${family} ${version}`,
      }];
    }),
    ...others.map((name): [string, Result] => [`symbols/${name}`, {
      code: "abi-symbols",
      status: "fail",
      expected: "symbols of a version that has a number",
      observed: name,
    }]),
  ];
}
