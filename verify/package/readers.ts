/**
 * The kinds of packages, each with the file that reads it.
 *
 * @module
 */

import { deb } from "./deb.ts";
import { dotnetTool } from "./dotnet_tool.ts";
import { jar } from "./jar.ts";
import type { PackageReader } from "./manifest.ts";
import { npm } from "./npm.ts";
import type { PackageKind } from "./package_recipe.ts";
import { vsix } from "./vsix.ts";
import { wheel } from "./wheel.ts";

/** What reads each kind. */
export const PACKAGE_READERS: Readonly<Record<PackageKind, PackageReader>> = {
  "dotnet-tool": dotnetTool,
  npm,
  wheel,
  deb,
  vsix,
  jar,
};
