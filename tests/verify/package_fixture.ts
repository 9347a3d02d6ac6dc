/**
 * Packages of every kind, made byte by byte around the same program, so that
 * each part of one can be made to lie.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { archive } from "./format/ar_fixture.ts";
import { bytesOf } from "./format/damage.ts";
import { zipArchive } from "./format/zip_fixture.ts";
import { tarEntry } from "./tar_fixture.ts";
import type { PackageRecipe } from "../../verify/package/package_recipe.ts";

/** Contents by path; a number in front gives the mode. */
export type Files = Record<
  string,
  string | Uint8Array | readonly [number, string | Uint8Array]
>;

/** A package and what a recipe says of it. */
export interface PackageFixture {
  readonly recipe: PackageRecipe;
  readonly fileName: string;
  readonly files: Files;
  pack(files: Files): Uint8Array;
}

const LINE = "mode=aot contract=aot-v1\n";

/**
 * A 64-bit ELF file with one loaded segment, started without a loader, and a
 * build-info line (System V gABI 4.1).
 */
export function nativeProgram(machine: "x86_64" | "aarch64"): Uint8Array {
  const bytes = new Uint8Array(64 + 56);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine === "x86_64" ? 62 : 183, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setBigUint64(64 + 32, BigInt(bytes.length), true);
  view.setBigUint64(64 + 40, BigInt(bytes.length), true);
  return bytesOf(bytes, LINE);
}

/** The program that every package holds. */
export const PROGRAM = nativeProgram("x86_64");

const REGULAR = 0o100000;
const parts = (file: Files[string]) =>
  Array.isArray(file) ? file as [number, string | Uint8Array] : [0o644, file];

/** A zip archive; modes are kept as Unix does. */
export function zipOf(files: Files): Uint8Array {
  return zipArchive({
    entries: Object.entries(files).map(([name, file]) => {
      const [mode, contents] = parts(file) as [number, string];
      return {
        name,
        contents,
        method: 8,
        host: 3,
        attributes: ((mode > 0o7777 ? mode : REGULAR | mode) << 16) >>> 0,
      };
    }),
  });
}

/** A tar archive. */
export function tarOf(files: Files): Uint8Array {
  return bytesOf(
    ...Object.entries(files).map(([name, file]) => {
      const [mode, body] = parts(file) as [number, string];
      return tarEntry({
        name,
        body,
        mode: mode.toString(8).padStart(7, "0") + "\0",
      });
    }),
    new Uint8Array(1024),
  );
}

function recipe(
  own: Partial<PackageRecipe> & Pick<PackageRecipe, "kind" | "name">,
): PackageRecipe {
  return { holds: {}, refers: [], commands: {}, also: [], hooks: [], ...own };
}

const TOOL = "tools/any/linux-x64";
const nuspec = (id: string, type: string) =>
  `<?xml version="1.0"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata><id>${id}</id><version>1.0.0</version>
    <packageTypes><packageType name="${type}" /></packageTypes>
  </metadata></package>`;

/** RECORD of a wheel. */
export function withRecord(files: Files, info: string): Files {
  const lines = Object.entries(files).map(([path, file]) => {
    const bytes = bytesOf(parts(file)[1] as string);
    const digest = createHash("sha256").update(bytes).digest("base64url");
    return `${path},sha256=${digest},${bytes.length}\n`;
  });
  return {
    ...files,
    [`${info}/RECORD`]: `${lines.join("")}${info}/RECORD,,\n`,
  };
}

const INFO = "app-1.0.0.dist-info";
/** A wheel of the files without their RECORD, which is added. */
export const wheelOf = (files: Files): Uint8Array =>
  zipOf(withRecord(files, INFO));

/** A Debian package; files below `DEBIAN/` are its control files. */
export function debOf(files: Files): Uint8Array {
  const all = Object.entries(files);
  const isControl = ([path]: [string, unknown]) => path.startsWith("DEBIAN/");
  const control = all.filter(isControl).map(([path, file]) =>
    [`./${path.slice("DEBIAN/".length)}`, file] as const
  );
  const data = all.filter((one) => !isControl(one))
    .map(([path, file]) =>
      [path.startsWith("/") ? path : `./${path}`, file] as const
    );
  return archive([
    { name: "debian-binary", contents: "2.0\n" },
    {
      name: "control.tar.gz",
      contents: gzipSync(tarOf(Object.fromEntries(control))),
    },
    { name: "data.tar", contents: tarOf(Object.fromEntries(data)) },
  ]);
}

/** One sound package of each kind. */
export const PACKAGES: Readonly<
  Record<PackageRecipe["kind"], PackageFixture>
> = {
  "dotnet-tool": {
    recipe: recipe({
      kind: "dotnet-tool",
      name: "App.linux-x64",
      holds: { [`${TOOL}/app`]: "artifact" },
      commands: { app: `${TOOL}/app` },
    }),
    fileName: "app.linux-x64.1.0.0.nupkg",
    files: {
      "[Content_Types].xml": "<Types/>",
      "App.linux-x64.nuspec": nuspec("App.linux-x64", "DotnetToolRidPackage"),
      [`${TOOL}/DotnetToolSettings.xml`]:
        `<DotNetCliTool Version="2"><Commands><Command Name="app" EntryPoint="app" Runner="executable" /></Commands></DotNetCliTool>`,
      [`${TOOL}/app`]: PROGRAM,
    },
    pack: zipOf,
  },
  npm: {
    recipe: recipe({
      kind: "npm",
      name: "@app/linux-x64",
      holds: { "package/bin/app": "artifact" },
      commands: { app: "package/bin/app" },
    }),
    fileName: "app-linux-x64-1.0.0.tgz",
    files: {
      "package/package.json": JSON.stringify({
        name: "@app/linux-x64",
        version: "1.0.0",
        os: ["linux"],
        cpu: ["x64"],
        bin: { app: "./bin/app" },
        scripts: { test: "true" },
      }),
      "package/bin/app": [0o755, PROGRAM],
    },
    pack: (files) => gzipSync(tarOf(files)),
  },
  wheel: {
    recipe: recipe({
      kind: "wheel",
      name: "app",
      holds: { "app-1.0.0.data/scripts/app": "artifact" },
      commands: { app: "app-1.0.0.data/scripts/app" },
    }),
    fileName: "app-1.0.0-py3-none-manylinux_2_17_x86_64.whl",
    files: {
      [`${INFO}/METADATA`]:
        "Metadata-Version: 2.1\nName: app\nVersion: 1.0.0\n",
      [`${INFO}/WHEEL`]:
        "Wheel-Version: 1.0\nTag: py3-none-manylinux_2_17_x86_64\n",
      "app-1.0.0.data/scripts/app": PROGRAM,
    },
    pack: wheelOf,
  },
  deb: {
    recipe: recipe({
      kind: "deb",
      name: "app",
      holds: { "usr/bin/app": "artifact" },
      commands: { app: "usr/bin/app" },
    }),
    fileName: "app_1.0.0_amd64.deb",
    files: {
      "DEBIAN/control": "Package: app\nVersion: 1.0.0-1\nArchitecture: amd64\n",
      "usr/bin/app": [0o755, PROGRAM],
    },
    pack: debOf,
  },
  vsix: {
    recipe: recipe({
      kind: "vsix",
      name: "app",
      holds: { "extension/bin/linux-x64/app": "artifact" },
    }),
    fileName: "app-1.0.0.vsix",
    files: {
      "[Content_Types].xml": "<Types/>",
      "extension.vsixmanifest":
        `<PackageManifest><Metadata><Identity Id="app" Version="1.0.0" Publisher="us" /></Metadata></PackageManifest>`,
      "extension/package.json": JSON.stringify({
        name: "app",
        version: "1.0.0",
        publisher: "us",
      }),
      "extension/bin/linux-x64/app": [0o755, PROGRAM],
    },
    pack: zipOf,
  },
  jar: {
    recipe: recipe({
      kind: "jar",
      name: "app",
      holds: { "native/linux-x64/app": "artifact" },
    }),
    fileName: "app-1.0.0.jar",
    files: {
      "META-INF/MANIFEST.MF":
        "Manifest-Version: 1.0\r\nImplementation-Title: app\r\nImplementation-Version: 1.0.0\r\n",
      "native/linux-x64/app": PROGRAM,
    },
    pack: zipOf,
  },
};
