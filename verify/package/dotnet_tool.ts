/**
 * A nupkg of a .NET tool (NuGet, ".nuspec reference"; .NET SDK, "Create
 * RID-specific, self-contained, and AOT .NET tools"): a nuspec in the root with
 * the package type `DotnetTool`, or `DotnetToolRidPackage` for one runtime
 * identifier, and below `tools/<framework>/<rid>/` a `DotnetToolSettings.xml`
 * that says which command starts which file beside it.
 *
 * NuGet resolves percent escapes in the names of entries, so one that then
 * leads elsewhere is a flaw.
 *
 * A `DotnetTool` may hold nothing and list the packages of its identifiers;
 * those have its version (NuGet picks them by it).
 *
 * @module
 */

import { normalizedVersion } from "./dotnet_version.ts";
import {
  besides,
  exactly,
  type PackageManifest,
  type PackageReader,
} from "./manifest.ts";
import { type PackageFiles, smallFile } from "./package_files.ts";
import { runtimeIdentifier } from "./platform_words.ts";
import { childrenOf, onlyChild, readXml, type XmlElement } from "./xml.ts";

const TYPES = ["DotnetTool", "DotnetToolRidPackage"];
const SETTINGS = /^tools\/([^/]+)\/([^/]+)\/DotnetToolSettings\.xml$/;
/** What NuGet and MSBuild run or load of a package (NuGet, "MSBuild props"). */
const HOOK =
  /^(?:tools\/(?:init|install|uninstall)\.ps1|build[a-z]*\/.*\.(?:props|targets|tasks)|analyzers\/.*)$/i;

/** Packages of .NET tools. */
export const dotnetTool: PackageReader = {
  keepsModes: false,
  versionForm: (version) => exactly(normalizedVersion(version)),
  read(files): PackageManifest | string {
    const specs = files.entries.filter(({ path }) =>
      /^[^/]+\.nuspec$/i.test(path)
    );
    const [spec] = specs;
    if (spec === undefined || specs.length > 1) {
      return `${specs.length} nuspec files in the root`;
    }
    const root = xmlFile(files, spec.path);
    const metadata = onlyChild(root, "metadata");
    const id = onlyChild(metadata, "id")?.text;
    const version = onlyChild(metadata, "version")?.text;
    if (!id || !version) return "a nuspec without one id and one version";
    const types = childrenOf(onlyChild(metadata, "packageTypes"), "packageType")
      .map(({ attributes }) => attributes.get("name") ?? "");
    const settings = files.entries.flatMap(({ path }) => {
      const [, , rid] = SETTINGS.exec(path) ?? [];
      return rid === undefined ? [] : [{ path, rid }];
    });
    const read = settings.map((one) => ({
      ...one,
      root: xmlFile(files, one.path),
    }));
    if (read.some((one) => one.root === undefined)) {
      return "a DotnetToolSettings.xml that is no document";
    }
    const commands = new Map<string, string>();
    const flaws = [
      ...(types.some((type) => TYPES.includes(type))
        ? []
        : [`the package type is "${types.join(", ")}", not ${TYPES[0]}`]),
      ...(settings.length === 0
        ? ["no tools/FRAMEWORK/RID/DotnetToolSettings.xml"]
        : []),
      ...files.entries.filter(({ path }) => isEscape(path))
        .map(({ path }) => `"${path}" leads elsewhere once NuGet resolves it`),
      ...(files.entries.some(({ path }) => path === "[Content_Types].xml")
        ? []
        : ["no [Content_Types].xml"]),
      ...(id.toLowerCase() === spec.path.slice(0, -7).toLowerCase()
        ? []
        : [`its nuspec is "${spec.path}"`]),
    ];
    for (const { path, root } of read) {
      for (const { attributes } of commandsOf(root)) {
        const name = attributes.get("Name") ?? "";
        const entry = attributes.get("EntryPoint") ?? "";
        const listed = childrenOf(root, "RuntimeIdentifierPackages").length > 0;
        // A list of packages starts nothing itself.
        if (listed && entry === "") continue;
        const target = besides(path, entry);
        const other = commands.get(name);
        if (other !== undefined && other !== target) {
          flaws.push(`the command "${name}" starts two files`);
        }
        const runner = attributes.get("Runner") ?? "";
        if (runner !== "executable" && runner !== "dotnet") {
          flaws.push(`the command "${name}" has the runner "${runner}"`);
        }
        commands.set(name, target);
      }
    }
    return {
      name: id,
      version,
      platforms: [...new Set(settings.map(({ rid }) => rid))]
        .filter((rid) => rid !== "any").map(runtimeIdentifier),
      commands,
      hooks: files.entries.map(({ path }) => path)
        .filter((path) => HOOK.test(path)),
      refers: read.flatMap(({ root }) =>
        childrenOf(
          onlyChild(root, "RuntimeIdentifierPackages"),
          "RuntimeIdentifierPackage",
        ).map(({ attributes }) => attributes.get("Id") ?? "")
      ),
      flaws,
    };
  },
};

/** Whether an escape in a name makes another path of it. */
function isEscape(path: string): boolean {
  return /%(?:2f|5c|2e|00|3a)/i.test(path);
}

function commandsOf(root: XmlElement | undefined): readonly XmlElement[] {
  return childrenOf(onlyChild(root, "Commands"), "Command");
}

function xmlFile(files: PackageFiles, path: string): XmlElement | undefined {
  const bytes = smallFile(files, path);
  return bytes === null ? undefined : readXml(bytes) ?? undefined;
}
