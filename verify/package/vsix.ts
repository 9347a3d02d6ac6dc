/**
 * An extension of VS Code (VS Code API, "Publishing extensions"): a zip archive
 * with `extension.vsixmanifest` and, below `extension/`, what is installed, its
 * `package.json` among it. The two documents must say the same.
 *
 * An extension for one platform says so (`TargetPlatform`); one for all may
 * hold programs below directories that name platforms.
 *
 * @module
 */

import {
  exactly,
  type PackageManifest,
  type PackageReader,
} from "./manifest.ts";
import { jsonFile, textAt, textsOf } from "./npm.ts";
import { smallFile } from "./package_files.ts";
import { codePlatform } from "./platform_words.ts";
import { onlyChild, readXml } from "./xml.ts";
import { jsonAt } from "../strict_json.ts";

/** Extensions of VS Code. */
export const vsix: PackageReader = {
  keepsModes: true,
  versionForm: exactly,
  read(files): PackageManifest | string {
    const xml = smallFile(files, "extension.vsixmanifest");
    const document = smallFile(files, "extension/package.json");
    if (xml === null || document === null) {
      return "no extension.vsixmanifest or extension/package.json";
    }
    const root = readXml(xml);
    const json = jsonFile(document);
    const identity = root === null
      ? undefined
      : onlyChild(onlyChild(root, "Metadata"), "Identity")?.attributes;
    const name = identity?.get("Id");
    const version = identity?.get("Version");
    if (json === null || !name || !version) {
      return "a manifest that is no document with an identity";
    }
    const platform = identity?.get("TargetPlatform");
    return {
      name,
      version,
      platforms: platform === undefined || platform === "universal"
        ? []
        : [codePlatform(platform)],
      commands: new Map(),
      hooks: textsOf(jsonAt(json, ["scripts"])).map(([script]) => script)
        .filter((script) => script === "vscode:uninstall"),
      refers: [],
      flaws: [
        ...(textAt(json, "name") === name && textAt(json, "version") === version
          ? []
          : [
            `package.json is of ${textAt(json, "name")} ${
              textAt(json, "version")
            }`,
          ]),
        ...(textAt(json, "publisher") === identity?.get("Publisher")
          ? []
          : [`package.json is of ${textAt(json, "publisher")}`]),
        ...(files.entries.some(({ path }) => path === "[Content_Types].xml")
          ? []
          : ["no [Content_Types].xml"]),
      ],
    };
  },
};
