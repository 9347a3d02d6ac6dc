/**
 * What a .NET assembly says: the framework it targets
 * (`TargetFrameworkAttribute`, a string in its metadata such as
 * `.NETCoreApp,Version=v8.0`). The SDK that compiled it is not named.
 *
 * @module
 */

import { ByteSearch } from "../../metadata/byte_search.ts";
import type { Reader } from "../../reader.ts";
import { type Draft, note } from "./draft.ts";

const MARK = ".NETCoreApp,Version=v";
const SEARCH = new ByteSearch(new TextEncoder().encode(MARK));
const CHUNK_BYTES = 1 << 20;
const VERSION_BYTES = 8;

/** Finds the target framework, such as `net8.0`; null when none is named. */
export function targetFramework(reader: Reader): string | null {
  for (let start = 0; start < reader.size; start += CHUNK_BYTES) {
    const bytes = reader.read(
      start,
      Math.min(
        CHUNK_BYTES + MARK.length + VERSION_BYTES,
        reader.size - start,
      ),
    );
    for (let at = SEARCH.next(bytes, 0); at !== -1;) {
      const after = at + SEARCH.length;
      const version = /^\d{1,2}\.\d/.exec(
        new TextDecoder().decode(bytes.subarray(after, after + VERSION_BYTES)),
      );
      if (version !== null) return `net${version[0]}`;
      at = SEARCH.next(bytes, after);
    }
  }
  return null;
}

/** Drafts from the target framework. */
export function dotnetDraft(
  framework: string,
  file: { readonly name: string },
): Draft {
  const env = {
    DOTNET_CLI_TELEMETRY_OPTOUT: "1",
    DOTNET_NOLOGO: "1",
    NUGET_PACKAGES: "{prepared}/nuget",
  };
  return {
    toolchains: { dotnet: { executable: "dotnet" } },
    env,
    prepare: [{ argv: ["{tool:dotnet}", "restore", "--locked-mode"] }],
    build: [{
      argv: [
        "{tool:dotnet}",
        "publish",
        "--no-restore",
        "--configuration",
        "Release",
        "--framework",
        framework,
        "--output",
        "out",
        "-p:ContinuousIntegrationBuild=true",
      ],
    }],
    output: `out/${file.name}`,
    notes: [
      note(
        "stated",
        "$.targets.{target}.build",
        `target framework ${framework}`,
      ),
      note("missing", "$.toolchains.dotnet", "the assembly names no SDK"),
      note("guess", "$.prepare", "a restore by packages.lock.json"),
      note(
        "guess",
        "$.targets.{target}.build",
        "a publish of the release configuration",
      ),
      note("missing", "source", "the assembly does not name its source"),
    ],
  };
}
