/**
 * `sbom.cdx.json`, CycloneDX 1.6 (ECMA-424): what recipe and lock really know
 * of a release, and nothing guessed. The published archives with the artifacts
 * in them, each by its SHA-256; the toolchains that built them, of scope
 * `excluded`, with version and digest; the source and what `prepare` left.
 *
 * What a build took from its package manager is not in the lock of this
 * program, so it is not listed, and the document says so: the composition of
 * everything is `unknown`, and the graph of dependencies knows what the project
 * is made of alone.
 *
 * It follows from the report, the recipe and the lock, so a verification writes
 * it again: the order is ours (the library sorts by the host's locale), the
 * time is the source's, the serial number the digest of the rest.
 *
 * @module
 */

import {
  ComponentType,
  HashAlgorithm,
  LifecyclePhase,
} from "@cyclonedx/cyclonedx-library/Enums";
import {
  Bom,
  Component,
  ComponentRepository,
  LifecycleRepository,
  Metadata,
  Tools,
} from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import { sha256 } from "../../verify/digest.ts";
import type { ReleaseReport } from "../report/release_report.ts";
import { hash, properties } from "./members.ts";
import { toolchainComponents, type ToolchainInputs } from "./toolchains.ts";

/** What the document is written from. */
export interface SbomInputs extends ToolchainInputs {
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

const LIMITS =
  "Holds what the recipe and the lock know; packages that a build fetched by itself are not in it.";

/** Writes the document. */
export function formatSbom(inputs: SbomInputs): string {
  const { report } = inputs;
  const { source } = report.rebuild;
  const root = project(inputs);
  const own = published(report);
  for (const { bomRef } of own) root.dependencies.add(bomRef);
  const parts = [
    ...own,
    ...toolchainComponents(inputs, report.inputs.lockSha256),
  ];
  const [program, ...programVersion] = report.program.split(/[/ ]/);
  const bom = new Json.Normalize.Factory(Spec1dot6).makeForBom().normalize(
    new Bom({
      metadata: new Metadata({
        timestamp: new Date(source.sourceDateEpoch * 1000),
        lifecycles: new LifecycleRepository([LifecyclePhase.Build]),
        tools: new Tools({
          components: new ComponentRepository([
            new Component(ComponentType.Application, program ?? "", {
              version: programVersion.join(" "),
            }),
          ]),
        }),
        component: root,
        properties: properties({ limits: LIMITS }),
      }),
      components: new ComponentRepository(parts),
    }),
    { sortLists: false },
  );
  const refs = [root, ...parts.flatMap((part) => [part, ...part.components])]
    .map(({ bomRef }) => bomRef.toString());
  const content = {
    version: bom.version,
    metadata: bom.metadata,
    components: bom.components,
    // An entry without any would claim that there are none.
    dependencies: bom.dependencies?.filter(({ dependsOn }) => dependsOn),
    compositions: [
      { aggregate: "unknown", assemblies: refs, dependencies: refs },
    ],
  };
  return JSON.stringify(
    {
      $schema: bom.$schema,
      bomFormat: bom.bomFormat,
      specVersion: bom.specVersion,
      serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
      ...content,
    },
    null,
    2,
  ) + "\n";
}

function project(
  { report: { project, version, resource, rebuild } }: SbomInputs,
): Component {
  const { source, prepared } = rebuild;
  return new Component(ComponentType.Application, project, {
    bomRef: "project",
    version,
    purl: resource,
    properties: properties({
      "source:commit": source.commit,
      "source:tree:sha256": source.treeSha256,
      "prepared:sha256": prepared?.sha256,
      "prepared:count": prepared?.count,
    }),
  });
}

/** The archives, each with its artifacts; an artifact without one by itself. */
function published(
  { version, subjects, rebuild }: SbomInputs["report"],
): Component[] {
  const archives = subjects.map(({ name, target, sha256 }) => ({
    target,
    component: new Component(ComponentType.File, name, {
      bomRef: `archive/${name}`,
      version,
      hashes: hash(HashAlgorithm["SHA-256"], sha256),
      properties: properties({ target }),
    }),
  }));
  const alone: Component[] = [];
  for (const { target, name, sha256 } of rebuild.artifacts) {
    const artifact = new Component(ComponentType.Application, name, {
      bomRef: `artifact/${target}/${name}`,
      version,
      hashes: hash(HashAlgorithm["SHA-256"], sha256),
      properties: properties({ target }),
    });
    const archive = archives.find((one) => one.target === target);
    if (archive === undefined) alone.push(artifact);
    else archive.component.components.add(artifact);
  }
  return [...archives.map(({ component }) => component), ...alone];
}

/** A UUID of version 8 (RFC 9562, 5.8): the digest, but for the fixed bits. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = (Number.parseInt(hex.charAt(16), 16) & 0x3 | 0x8)
    .toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
