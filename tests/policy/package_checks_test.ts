/**
 * The gate `packages`: for each kind a sound package, and beside it what is
 * wrong in one thing alone, with the one code that says so.
 */

import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { packageChecks } from "../../policy/package_checks.ts";
import { sha256 } from "../../verify/digest.ts";
import { packageFacts } from "../../verify/package/facts.ts";
import type { PackageRecipe } from "../../verify/package/package_recipe.ts";
import { MemoryReader } from "../../verify/reader.ts";
import { bytesOf } from "../verify/format/damage.ts";
import { zipArchive } from "../verify/format/zip_fixture.ts";
import {
  debOf,
  type Files,
  nativeProgram,
  type PackageFixture,
  PACKAGES,
  PROGRAM,
  tarOf,
  zipOf,
} from "../verify/package_fixture.ts";
import { tarEntry } from "../verify/tar_fixture.ts";
import { elfNeeds } from "../../verify/abi/elf_needs.ts";
import fc from "fast-check";
import { damaged } from "../property/damage.ts";
import { printSeed } from "../seed.ts";
import { toolTest } from "../tool.ts";
import { makePolicy } from "./make.ts";

const EMPTY = { holds: {}, commands: {} };

/** Codes of what did not pass, each with its status. */
function judge(
  fixture: PackageFixture,
  change: {
    readonly files?: Files;
    readonly bytes?: Uint8Array;
    readonly recipe?: Partial<PackageRecipe>;
    readonly fileName?: string;
    readonly version?: string;
    readonly released?: Uint8Array;
    readonly others?: readonly PackageFixture[];
  } = {},
): string[] {
  const recipe = { ...fixture.recipe, ...change.recipe };
  const fileName = change.fileName ?? fixture.fileName;
  const bytes = change.bytes ??
    fixture.pack({ ...fixture.files, ...change.files });
  const checks = packageChecks(["any"], {
    packages: [
      {
        target: "any",
        name: fileName,
        recipe,
        facts: packageFacts(new MemoryReader(bytes), recipe, fileName),
      },
      ...(change.others ?? []).map((other) => ({
        target: "any",
        name: other.fileName,
        recipe: other.recipe,
        facts: packageFacts(
          new MemoryReader(other.pack(other.files)),
          other.recipe,
          other.fileName,
        ),
      })),
    ],
    released: new Map([["any/artifact", sha256(change.released ?? PROGRAM)]]),
    version: change.version ?? "1.0.0",
    documents: new Map(),
  }, makePolicy({ packages: {} }));
  assertEquals(new Set(checks.map(({ id }) => id)).size, checks.length);
  return [
    ...new Set(
      checks.filter(({ status }) => status !== "pass")
        .map(({ code, status }) => `${code} ${status}`),
    ),
  ];
}

/** The files of a fixture without some. */
function without(fixture: PackageFixture, ...paths: string[]): Uint8Array {
  return fixture.pack(
    Object.fromEntries(
      Object.entries(fixture.files).filter(([path]) => !paths.includes(path)),
    ),
  );
}

for (const [kind, fixture] of Object.entries(PACKAGES)) {
  const [path = ""] = Object.keys(fixture.recipe.holds);
  const mode = Array.isArray(fixture.files[path]);
  const program = (bytes: Uint8Array, bits = 0o755): Files => ({
    [path]: mode ? [bits, bytes] : bytes,
  });

  Deno.test(`${kind}: a sound package passes`, () => {
    assertEquals(judge(fixture), []);
  });

  Deno.test(`${kind}: other bytes than the released ones`, () => {
    assertEquals(judge(fixture, { released: bytesOf(PROGRAM, "x") }), [
      "package-artifact fail",
    ]);
  });

  Deno.test(`${kind}: a program for another processor`, () => {
    const other = nativeProgram("aarch64");
    assertEquals(
      judge(fixture, { files: program(other), released: other }),
      ["package-target fail"],
    );
  });

  Deno.test(`${kind}: another name and another version`, () => {
    assertEquals(judge(fixture, { recipe: { name: "other" } }), [
      "package-name fail",
    ]);
    assertEquals(judge(fixture, { version: "1.0.1" }), [
      "package-version fail",
    ]);
    assertEquals(judge(fixture, { version: "1.0.0-rc.1" }), [
      "package-version fail",
    ]);
  });

  Deno.test(`${kind}: nothing there, or not readable`, () => {
    assertEquals(
      judge(fixture, { bytes: new Uint8Array() }).sort(),
      ["package-artifact fail", "package-unreadable unchecked"],
    );
    const bytes = fixture.pack(fixture.files);
    for (const length of [10, bytes.length >> 1, bytes.length - 40]) {
      const found = judge(fixture, { bytes: bytes.subarray(0, length) });
      assertEquals(found.includes("package-unreadable unchecked"), true);
    }
  });

  Deno.test(`${kind}: another program or script in it`, () => {
    for (
      const [name, contents] of [
        ["more", nativeProgram("x86_64")],
        ["more", "#!/bin/sh\n"],
        ["more.ps1", "exit"],
      ] as const
    ) {
      const at = kind === "npm" ? `package/${name}` : name;
      const files = { [at]: contents };
      assertEquals(judge(fixture, { files }), ["package-executable fail"]);
      assertEquals(judge(fixture, { files, recipe: { also: [at] } }), []);
    }
    const at = kind === "npm" ? "package/plain" : "plain";
    assertEquals(judge(fixture, { files: { [at]: "text" } }), []);
  });

  Deno.test(`${kind}: names that climb or come twice`, () => {
    const more = kind === "npm" ? "package/" : "";
    for (const name of [`${more}../../x`, "/x", `${more}a\\b`]) {
      const found = judge(fixture, { files: { [name]: "x" } });
      assertEquals(found.includes("package-path-unsafe fail"), true, name);
    }
    const other = path.replace(/app$/, "APP");
    assertEquals(
      judge(fixture, { files: { [other]: "text" } })
        .includes("package-path-unsafe fail"),
      true,
    );
  });

  if (mode) {
    Deno.test(`${kind}: a program that its mode does not let start`, () => {
      for (const bits of [0o644, 0o744]) {
        assertEquals(judge(fixture, { files: program(PROGRAM, bits) }), [
          "package-artifact fail",
        ]);
      }
    });
  }
}

Deno.test("set-user-ID files and links are findings of every container", () => {
  const { npm, deb, vsix } = PACKAGES;
  assertEquals(
    judge(npm, {
      bytes: gzipSync(bytesOf(
        tarOf(npm.files).subarray(0, -1024),
        tarEntry({ name: "package/l", type: "2", link: "../../etc/passwd" }),
        new Uint8Array(1024),
      )),
    }).includes("package-special fail"),
    true,
  );
  assertEquals(judge(deb, { files: { "opt/x": [0o4644, "x"] } }), [
    "package-special fail",
  ]);
  assertEquals(judge(vsix, { files: { "extension/l": [0o120777, "/etc"] } }), [
    "package-special fail",
  ]);
});

Deno.test("dotnet-tool: type, settings, commands, hooks", () => {
  const tool = PACKAGES["dotnet-tool"];
  const spec = "App.linux-x64.nuspec";
  const settings = "tools/any/linux-x64/DotnetToolSettings.xml";
  const edit = (path: string, from: string, to: string) => ({
    files: { [path]: String(tool.files[path]).replace(from, to) },
  });
  assertEquals(judge(tool, edit(spec, "DotnetToolRidPackage", "Dependency")), [
    "package-form fail",
  ]);
  assertEquals(
    judge(tool, edit(spec, "DotnetToolRidPackage", "DotnetTool")),
    [],
  );
  assertEquals(judge(tool, edit(settings, 'Name="app"', 'Name="git"')), [
    "package-command fail",
  ]);
  assertEquals(judge(tool, edit(settings, 'Point="app"', 'Point="other"')), [
    "package-command fail",
  ]);
  assertEquals(
    judge(tool, edit(settings, 'Runner="executable"', 'Runner="sh"')),
    ["package-form fail"],
  );
  assertEquals(judge(tool, edit(spec, "<id>", "<!DOCTYPE x><id>")), [
    "package-unreadable unchecked",
  ]);
  assertEquals(judge(tool, edit(spec, "<version>1.0.0", "<version>1.0.0.0")), [
    "package-version fail",
  ]);
  assertEquals(judge(tool, { files: { "build/App.targets": "<Project/>" } }), [
    "package-hook fail",
  ]);
  assertEquals(
    judge(tool, {
      files: { "build/App.targets": "<Project/>" },
      recipe: { hooks: ["build/App.targets"] },
    }),
    [],
  );
  assertEquals(judge(tool, { files: { "tools/%2e%2e%2Fx": "text" } }), [
    "package-form fail",
  ]);
  assertEquals(judge(tool, { files: { "tools/a%20b": "text" } }), []);
  assertEquals(judge(tool, { bytes: without(tool, "[Content_Types].xml") }), [
    "package-form fail",
  ]);
});

Deno.test("dotnet-tool: a package that lists those of its identifiers", () => {
  const tool = PACKAGES["dotnet-tool"];
  const at = "tools/any/any/DotnetToolSettings.xml";
  const pointer: PackageFixture = {
    recipe: {
      ...tool.recipe,
      ...EMPTY,
      name: "App",
      refers: ["App.linux-x64"],
    },
    fileName: "app.1.0.0.nupkg",
    files: {
      "[Content_Types].xml": "<Types/>",
      "App.nuspec": String(tool.files["App.linux-x64.nuspec"])
        .replace("App.linux-x64", "App")
        .replace("DotnetToolRidPackage", "DotnetTool"),
      [at]:
        `<DotNetCliTool Version="2"><Commands><Command Name="app" /></Commands><RuntimeIdentifierPackages><RuntimeIdentifierPackage RuntimeIdentifier="linux-x64" Id="App.linux-x64" /></RuntimeIdentifierPackages></DotNetCliTool>`,
    },
    pack: zipOf,
  };
  assertEquals(judge(pointer, { others: [tool] }), []);
  assertEquals(judge(pointer), ["package-missing unchecked"]);
  const files = {
    [at]: String(pointer.files[at]).replace("App.linux", "Evil.linux"),
  };
  assertEquals(judge(pointer, { others: [tool], files }), [
    "package-form fail",
  ]);
});

Deno.test("npm: platforms, scripts, bin", () => {
  const { npm } = PACKAGES;
  const json = JSON.parse(String(npm.files["package/package.json"]));
  const edit = (change: Record<string, unknown>) =>
    judge(npm, {
      files: { "package/package.json": JSON.stringify({ ...json, ...change }) },
    });
  // Installs everywhere, starts on one.
  assertEquals(edit({ os: undefined, cpu: undefined }), [
    "package-target fail",
  ]);
  assertEquals(edit({ os: ["linux", "darwin"] }), ["package-target fail"]);
  assertEquals(edit({ cpu: undefined }), ["package-target unchecked"]);
  for (const script of ["preinstall", "install", "postinstall"]) {
    assertEquals(edit({ scripts: { [script]: "node x" } }), [
      "package-hook fail",
    ]);
  }
  assertEquals(judge(npm, { files: { "package/binding.gyp": "{}" } }), [
    "package-hook fail",
  ]);
  assertEquals(edit({ bin: "bin/app" }), ["package-command fail"]);
  assertEquals(edit({ bin: { app: "bin/app", ls: "bin/app" } }), [
    "package-command fail",
  ]);
  assertEquals(edit({ directories: { bin: "bin" } }), ["package-form fail"]);
  assertEquals(
    judge(npm, {
      files: {
        "package/package.json": String(npm.files["package/package.json"])
          .replace("{", '{"name":"x",'),
      },
    }),
    ["package-unreadable unchecked"],
  );
});

Deno.test("npm: a package that refers to those of its platforms", () => {
  const { npm } = PACKAGES;
  const manifest = {
    name: "app",
    version: "1.0.0",
    bin: "start.js",
    optionalDependencies: { "@app/linux-x64": "1.0.0" },
  };
  const pointer: PackageFixture = {
    ...npm,
    fileName: "app-1.0.0.tgz",
    recipe: {
      ...npm.recipe,
      ...EMPTY,
      name: "app",
      refers: ["@app/linux-x64"],
      commands: { app: "package/start.js" },
      also: ["package/start.js"],
    },
    files: {
      "package/package.json": JSON.stringify(manifest),
      "package/start.js": [0o755, "#!/usr/bin/env node\n"],
    },
  };
  const others = [npm];
  assertEquals(judge(pointer, { others }), []);
  const loose = {
    ...manifest,
    optionalDependencies: { "@app/linux-x64": "^1.0.0" },
  };
  assertEquals(
    judge(pointer, {
      others,
      files: { "package/package.json": JSON.stringify(loose) },
    }),
    ["package-form fail"],
  );
  // A launcher that nobody declared is no artifact.
  assertEquals(judge(pointer, { others, recipe: { also: [] } }), [
    "package-command fail",
    "package-executable fail",
  ]);
});

Deno.test("wheel: RECORD, tags, file name, hooks, versions", () => {
  const { wheel } = PACKAGES;
  const info = "app-1.0.0.dist-info";
  const record = (line: string) =>
    judge(wheel, {
      bytes: zipOf({ ...wheel.files, [`${info}/RECORD`]: line }),
    });
  assertEquals(record(""), ["package-form fail"]);
  assertEquals(
    judge(wheel, { bytes: zipOf({ ...wheel.files }) }),
    ["package-form fail"],
  );
  const tag = (text: string) => ({
    files: { [`${info}/WHEEL`]: `Wheel-Version: 1.0\nTag: ${text}\n` },
  });
  assertEquals(judge(wheel, tag("py3-none-any")), ["package-form fail"]);
  assertEquals(
    judge(wheel, {
      ...tag("py3-none-any"),
      fileName: "app-1.0.0-py3-none-any.whl",
    }),
    ["package-target fail"],
  );
  assertEquals(
    judge(wheel, {
      ...tag("py3-none-win_amd64"),
      fileName: "app-1.0.0-py3-none-win_amd64.whl",
    }),
    ["package-target fail"],
  );
  assertEquals(
    judge(wheel, { fileName: wheel.fileName.replace("1.0.0", "1.0.1") }),
    ["package-form fail"],
  );
  assertEquals(judge(wheel, { files: { "start.pth": "import os" } }), [
    "package-hook fail",
  ]);
  const entry = {
    [`${info}/entry_points.txt`]: "[console_scripts]\nls = a:b\n",
  };
  assertEquals(judge(wheel, { files: entry }), ["package-command fail"]);
  // A pre-release has another spelling in Python.
  const candidate = (version: string) =>
    judge(wheel, {
      files: { [`${info}/METADATA`]: `Name: app\nVersion: ${version}\n` },
      fileName: wheel.fileName.replace("1.0.0", version),
      version: "1.0.0-rc.1",
    });
  assertEquals(candidate("1.0.0rc1"), []);
  assertEquals(candidate("1.0.0rc2"), ["package-version fail"]);
  assertEquals(judge(wheel, { version: "1.0.0-nightly.3" }), [
    "package-version unchecked",
  ]);
});

toolTest("wheel: a platform tag promises what the program needs at most", [
  "readelf",
], () => {
  const { wheel } = PACKAGES;
  const program = Deno.readFileSync("/bin/sh");
  const needs = elfNeeds(new MemoryReader(program));
  const wanted = needs?.kind === "elf" ? needs.versions["GLIBC"] : undefined;
  const [major = 0, minor = 0] = (wanted ?? "").split(".").map(Number);
  const machine = Deno.build.arch;
  const promised = (version: number) => {
    const tag = `py3-none-manylinux_${major}_${version}_${machine}`;
    return judge(wheel, {
      files: {
        "app-1.0.0.data/scripts/app": program,
        "app-1.0.0.dist-info/WHEEL": `Tag: ${tag}\n`,
      },
      released: program,
      fileName: `app-1.0.0-${tag}.whl`,
    });
  };
  assertEquals(promised(minor), []);
  assertEquals(promised(minor - 1), ["package-target fail"]);
});

Deno.test("packageFacts() never throws, and no damage passes for a sound package", () => {
  const released = sha256(PROGRAM);
  for (const [kind, fixture] of Object.entries(PACKAGES)) {
    const { recipe, fileName } = fixture;
    const [path = ""] = Object.keys(recipe.holds);
    fc.assert(
      fc.property(damaged(fixture.pack(fixture.files)), (bytes) => {
        const facts = packageFacts(new MemoryReader(bytes), recipe, fileName);
        const checks = packageChecks(["any"], {
          packages: [{ target: "any", name: fileName, recipe, facts }],
          released: new Map([["any/artifact", released]]),
          version: "1.0.0",
          documents: new Map(),
        }, makePolicy({ packages: {} }));
        if (checks.some(({ status }) => status !== "pass")) return;
        assertEquals(facts.files[path]?.sha256, released);
        assertEquals(facts.findings, []);
      }),
      { seed: printSeed(`packages, ${kind}`), numRuns: 150 },
    );
  }
});

Deno.test("long lines of a hostile package cost no more than their bytes", () => {
  const { wheel, deb } = PACKAGES;
  const info = "app-1.0.0.dist-info";
  const long = " ".repeat(1 << 20);
  const files = {
    [`${info}/METADATA`]:
      `Name: app\nVersion: 1.0.0\nSummary: a${long}b${long}\n`,
    [`${info}/entry_points.txt`]: `[console_scripts]\nx${long}\n`,
  };
  assertEquals(judge(wheel, { files }), []);
  const control = `${deb.files["DEBIAN/control"]}Description:${long}x\n`;
  assertEquals(judge(deb, { files: { "DEBIAN/control": control } }), []);
});

Deno.test("deb: members, control, scripts, sums, commands", () => {
  const { deb } = PACKAGES;
  assertEquals(judge(deb, { files: { "DEBIAN/postinst": "#!/bin/sh\n" } }), [
    "package-hook fail",
    "package-executable fail",
  ]);
  assertEquals(
    judge(deb, {
      files: { "DEBIAN/postinst": "#!/bin/sh\n" },
      recipe: { hooks: ["postinst"], also: ["DEBIAN/postinst"] },
    }),
    [],
  );
  assertEquals(judge(deb, { files: { "usr/bin/ls": "text" } }), [
    "package-command fail",
  ]);
  const control = (text: string) =>
    judge(deb, { files: { "DEBIAN/control": text } });
  const base = "Package: app\nArchitecture: amd64\n";
  assertEquals(control(`${base}Version: 1.0.0\n`), []);
  assertEquals(control(`${base}Version: 1.0.0~1\n`), ["package-version fail"]);
  assertEquals(control(`${base}Version: 1.0.0\nVersion: 2\n`), [
    "package-unreadable unchecked",
  ]);
  assertEquals(
    control("Package: app\nVersion: 1.0.0\nArchitecture: all\n"),
    ["package-target fail"],
  );
  assertEquals(
    control("Package: app\nVersion: 1.0.0\nArchitecture: arm64\n"),
    ["package-target fail"],
  );
  const sums = `${"0".repeat(32)}  usr/bin/app\n`;
  assertEquals(judge(deb, { files: { "DEBIAN/md5sums": sums } }), [
    "package-form fail",
  ]);
  const bytes = debOf(deb.files);
  const more = bytesOf(
    bytes,
    "_more".padEnd(16) + "0".padEnd(12) + "0".padEnd(6) + "0".padEnd(6) +
      "100644".padEnd(8) + "2".padEnd(10) + "`\nhi",
  );
  assertEquals(
    judge(deb, { bytes: more }).includes("package-unreadable unchecked"),
    true,
  );
});

Deno.test("vsix: two documents, platforms, modes without a host", () => {
  const { vsix } = PACKAGES;
  const json = (change: Record<string, string>) => ({
    files: {
      "extension/package.json": JSON.stringify({
        name: "app",
        version: "1.0.0",
        publisher: "us",
        ...change,
      }),
    },
  });
  for (const member of ["name", "version", "publisher"]) {
    assertEquals(judge(vsix, json({ [member]: "x" })), ["package-form fail"]);
  }
  const platform = (word: string) => ({
    files: {
      "extension.vsixmanifest": String(vsix.files["extension.vsixmanifest"])
        .replace("Publisher", `TargetPlatform="${word}" Publisher`),
    },
  });
  assertEquals(judge(vsix, platform("linux-x64")), []);
  assertEquals(judge(vsix, platform("darwin-arm64")), ["package-target fail"]);
  const plain = zipArchive({
    entries: Object.entries(vsix.files).map(([name, file]) => ({
      name,
      contents: (Array.isArray(file) ? file[1] : file) as Uint8Array,
    })),
  });
  assertEquals(judge(vsix, { bytes: plain }), ["package-artifact fail"]);
});

Deno.test("jar: agents, and bytes in front of the archive", () => {
  const { jar } = PACKAGES;
  const manifest = "META-INF/MANIFEST.MF";
  assertEquals(
    judge(jar, {
      files: {
        [manifest]: `${jar.files[manifest]}Launcher-Agent-Class: x\r\n`,
      },
    }),
    ["package-hook fail"],
  );
  assertEquals(
    judge(jar, { bytes: bytesOf("#!/bin/sh\n", jar.pack(jar.files)) }),
    ["package-unreadable unchecked"],
  );
});

Deno.test("a target without a package is unchecked, documented or not there", () => {
  const of = (
    section: Record<string, unknown>,
    documents: Record<string, string> = {},
  ) =>
    packageChecks(["any", "linux-arm64"], {
      packages: [],
      released: new Map(),
      version: "1.0.0",
      documents: new Map(
        Object.entries(documents).map(([path, text]) => [path, bytesOf(text)]),
      ),
    }, makePolicy({ packages: section })).map(({ id, status }) =>
      `${id} ${status}`
    );
  assertEquals(of({}), [
    "packages/package/any unchecked",
    "packages/package/linux-arm64 unchecked",
  ]);
  const documented = { "linux-arm64": "install.md" };
  assertEquals(
    of({ targets: ["any"], documented: { other: "install.md" } })[1],
    "packages/steps/other not-applicable",
  );
  const steps = (text: string) =>
    of({ targets: ["any"], documented }, { "install.md": text })[1];
  assertEquals(
    of({ targets: ["any"], documented })[1],
    "packages/steps/linux-arm64 fail",
  );
  assertEquals(
    steps("# Install\n## linux-arm64\n```sh\ntar xf app\n```\n"),
    "packages/steps/linux-arm64 pass",
  );
  assertEquals(
    steps("## On `linux-arm64`\n1. Unpack it\n"),
    "packages/steps/linux-arm64 pass",
  );
  for (
    const text of [
      "# Install\nlinux-arm64 is there\n```\nx\n```\n",
      "## linux-arm64-musl\n1. Unpack\n",
      "## linux-arm64\n\nSoon.\n## other\n1. Unpack\n",
      "<!--\n## linux-arm64\n1. Unpack\n-->\n",
      "```\n## linux-arm64\n```\n1. Unpack\n",
      "## linux-arm64\n```\n\n```\n",
    ]
  ) assertEquals(steps(text), "packages/steps/linux-arm64 fail", text);
});
