/**
 * A Java archive (Java Platform, "JAR File Specification"): a zip archive with
 * `META-INF/MANIFEST.MF`, whose main section names title and version of what is
 * in it. It is for any platform; programs in it lie below directories that name
 * theirs. Hooks are agents, which a virtual machine starts beside the program.
 *
 * @module
 */

import {
  exactly,
  type PackageManifest,
  type PackageReader,
} from "./manifest.ts";
import { smallFile } from "./package_files.ts";
import { fieldsOf } from "./wheel.ts";

const AGENTS = ["premain-class", "agent-class", "launcher-agent-class"];

/** Java archives. */
export const jar: PackageReader = {
  keepsModes: false,
  versionForm: exactly,
  read(files): PackageManifest | string {
    const bytes = smallFile(files, "META-INF/MANIFEST.MF");
    if (bytes === null) return "no META-INF/MANIFEST.MF";
    // Long lines go on behind a line break and a space.
    const text = new TextDecoder().decode(bytes).replace(/\r?\n /g, "");
    const fields = fieldsOf(new TextEncoder().encode(text));
    const [name] = fields.get("implementation-title") ?? [];
    const [version] = fields.get("implementation-version") ?? [];
    if (name === undefined || version === undefined) {
      return "a manifest without Implementation-Title and -Version";
    }
    return {
      name,
      version,
      platforms: [],
      commands: new Map(),
      hooks: AGENTS.filter((agent) => fields.has(agent)),
      refers: [],
      flaws: [],
    };
  },
};
