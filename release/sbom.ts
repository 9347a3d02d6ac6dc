/**
 * `sbom.spdx.json`, SPDX 2.3 (ISO/IEC 5962 successor, JSON form): what recipe
 * and lock really know of a release, and nothing guessed. The project contains
 * the published archives and the artifacts in them, each with its SHA-256; the
 * toolchains that built them stand beside with version and digest. What a
 * build took from its package manager is not in the lock of this program, so
 * it is not listed, and the document says so.
 *
 * Written by hand: no library for it is among the dependencies. It follows
 * from the report, the recipe and the lock, so a verification writes it again.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { sha256 } from "../verify/digest.ts";
import type { Lock, LockedTool } from "../verify/rebuild/lock.ts";
import type { Recipe } from "../verify/rebuild/recipe.ts";
import { lockOf } from "../verify/rebuild/target_toolchains.ts";
import type { ReleaseReport } from "./report/release_report.ts";

/** What the document is written from. */
export interface SbomInputs {
  readonly recipe: Recipe;
  readonly lock: Lock;
  /** Builders elsewhere, whose toolchains may be others. */
  readonly builders?: readonly {
    readonly id: string;
    readonly lock: Lock;
    readonly lockSha256: string;
    readonly targets: readonly string[];
  }[];
  readonly report: Pick<
    ReleaseReport,
    | "program"
    | "project"
    | "version"
    | "resource"
    | "rebuild"
    | "subjects"
    | "inputs"
  >;
}

const NO = "NOASSERTION";

/** Writes the document. */
export function formatSbom(inputs: SbomInputs): string {
  const { recipe, report } = inputs;
  const { project, version, rebuild } = report;
  const archives = report.subjects.map((subject) =>
    part(`archive/${subject.name}`, {
      name: subject.name,
      versionInfo: version,
      packageFileName: subject.name,
      checksums: [{ algorithm: "SHA256", checksumValue: subject.sha256 }],
      primaryPackagePurpose: "ARCHIVE",
    })
  );
  const artifacts = rebuild.artifacts.map((artifact) => ({
    target: artifact.target,
    entry: part(`artifact/${artifact.target}/${artifact.name}`, {
      name: `${artifact.target}/${artifact.name}`,
      versionInfo: version,
      packageFileName: artifact.name,
      ...(artifact.sha256 === null ? {} : {
        checksums: [{ algorithm: "SHA256", checksumValue: artifact.sha256 }],
      }),
      primaryPackagePurpose: "APPLICATION",
    }),
  }));
  const tools = toolchainsOfHosts(inputs).map(({ key, name, tool }) =>
    part(key, toolchain(name, tool, recipe))
  );
  const root = part("project", {
    name: project,
    versionInfo: version,
    primaryPackagePurpose: "APPLICATION",
    ...(rebuild.source.commit === null
      ? {}
      : { sourceInfo: `commit ${rebuild.source.commit}` }),
    externalRefs: [purl(report.resource)],
  });
  const relation = (from: string, relationshipType: string, to: string) => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  const id = root.SPDXID;
  return JSON.stringify(
    {
      spdxVersion: "SPDX-2.3",
      dataLicense: "CC0-1.0",
      SPDXID: "SPDXRef-DOCUMENT",
      name: `${project}-${version}`,
      documentNamespace: `tag:reproof,2026:sbom/${
        sha256(JSON.stringify([
          report.resource,
          report.inputs,
          rebuild.artifacts.map((artifact) => artifact.sha256),
        ]))
      }`,
      creationInfo: {
        created: new Date(rebuild.source.sourceDateEpoch * 1000).toISOString()
          .replace(".000Z", "Z"),
        creators: [`Tool: ${report.program.replace(/[/ ]/, "-")}`],
        comment:
          "Holds what the recipe and the lock know; packages that a build fetched by itself are not in it.",
      },
      documentDescribes: [id],
      packages: [
        root,
        ...archives,
        ...artifacts.map(({ entry }) => entry),
        ...tools,
      ],
      relationships: [
        relation("SPDXRef-DOCUMENT", "DESCRIBES", id),
        ...archives.map((entry) => relation(id, "CONTAINS", entry.SPDXID)),
        ...artifacts.map(({ entry, target }) => {
          const subject = report.subjects.find((one) => one.target === target);
          const archive = archives.find((one) => one.name === subject?.name);
          return relation(archive?.SPDXID ?? id, "CONTAINS", entry.SPDXID);
        }),
        ...tools.map((entry) => relation(entry.SPDXID, "BUILD_TOOL_OF", id)),
      ],
    },
    null,
    2,
  ) + "\n";
}

/** Toolchains of the lock, then those of builders with a lock of their own. */
function toolchainsOfHosts(
  { recipe, lock, builders = [], report }: SbomInputs,
): {
  readonly key: string;
  readonly name: string;
  readonly tool: LockedTool;
}[] {
  const sorted = (own: Lock, targets: readonly string[], prefix: string) =>
    Object.entries(lockOf(recipe, own, targets).toolchains)
      .toSorted(([a], [b]) => a < b ? -1 : 1)
      .map(([name, tool]) => ({ key: `${prefix}/${name}`, name, tool }));
  const elsewhere = builders.filter(({ lockSha256 }) =>
    lockSha256 !== report.inputs.lockSha256
  );
  const targets = Object.keys(recipe.targets).filter((target) =>
    !elsewhere.some((builder) => builder.targets.includes(target))
  );
  const locks = new Map(
    elsewhere.map(({ lockSha256 }) => [
      lockSha256,
      elsewhere.filter((one) => one.lockSha256 === lockSha256),
    ]),
  );
  return [
    ...sorted(lock, targets, "toolchain"),
    ...[...locks].flatMap(([digest, [first, ...more]]) =>
      first === undefined ? [] : sorted(
        first.lock,
        [first, ...more].flatMap((one) => one.targets),
        `toolchain/${digest.slice(0, 16)}`,
      )
    ),
  ];
}

/** A package; the members that SPDX wants of each come first. */
function part<T extends { readonly name: string }>(key: string, members: T) {
  return {
    // An id may hold letters, digits, dots and dashes alone (SPDX 2.3, 7.2).
    SPDXID: `SPDXRef-${key.replace(/[^A-Za-z0-9.-]/g, "-")}-${
      sha256(key).slice(0, 8)
    }`,
    ...members,
    downloadLocation: NO,
    filesAnalyzed: false,
    licenseConcluded: NO,
    licenseDeclared: NO,
    copyrightText: NO,
  };
}

function toolchain(name: string, tool: LockedTool, recipe: Recipe) {
  const base = {
    name,
    versionInfo: tool.version,
    primaryPackagePurpose: "APPLICATION",
  };
  switch (tool.pin) {
    case "host":
      return {
        ...base,
        checksums: [
          { algorithm: "SHA256", checksumValue: tool.executable.sha256 },
        ],
      };
    case "archive":
      return {
        ...base,
        checksums: [
          { algorithm: "SHA256", checksumValue: tool.archive.sha256 },
        ],
      };
    case "npm": {
      const wanted = recipe.toolchains[name];
      const spec = wanted !== undefined && "npm" in wanted ? wanted.npm : null;
      return {
        ...base,
        checksums: [{
          algorithm: "SHA512",
          checksumValue: Buffer.from(
            tool.integrity.slice("sha512-".length),
            "base64",
          ).toString("hex"),
        }],
        ...(spec === null
          ? {}
          : { externalRefs: [purl(`pkg:npm/${npmPurl(spec)}`)] }),
      };
    }
    case "version":
      return { ...base, comment: "Known by the version that it prints alone." };
  }
}

/** The scope's @ is escaped in a purl (purl specification, npm). */
function npmPurl(spec: string): string {
  return spec.startsWith("@") ? `%40${spec.slice(1)}` : spec;
}

function purl(locator: string) {
  return {
    referenceCategory: "PACKAGE-MANAGER",
    referenceType: "purl",
    referenceLocator: locator,
  };
}
