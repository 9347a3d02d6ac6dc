/** Packages that the tools of their kinds make are read as they are installed. */

import { assertEquals } from "@std/assert";
import { sha256 } from "../../../verify/digest.ts";
import { FileReader } from "../../../verify/file_reader.ts";
import { packageFacts } from "../../../verify/package/facts.ts";
import { toolTest } from "../../tool.ts";
import { PACKAGES, PROGRAM } from "../package_fixture.ts";

async function run(program: string, args: string[], cwd: string) {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { HOME: cwd, npm_config_cache: `${cwd}/cache` },
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

/** Writes the files of a fixture, run by a tool in that directory. */
function write(folder: string, { files }: typeof PACKAGES.npm): void {
  for (const [path, file] of Object.entries(files)) {
    const [mode, contents] = Array.isArray(file) ? file : [0o644, file];
    const at = `${folder}/${path}`;
    Deno.mkdirSync(at.replace(/\/[^/]*$/, ""), {
      recursive: true,
      mode: 0o755,
    });
    if (typeof contents === "string") Deno.writeTextFileSync(at, contents);
    else Deno.writeFileSync(at, contents as Uint8Array);
    Deno.chmodSync(at, mode as number);
  }
}

function read(path: string, { recipe, fileName }: typeof PACKAGES.npm) {
  using reader = new FileReader(path);
  const facts = packageFacts(reader, recipe, fileName);
  assertEquals(facts.findings, []);
  assertEquals(facts.manifest?.flaws, []);
  assertEquals(facts.manifest?.name, recipe.name);
  assertEquals(
    Object.fromEntries(facts.manifest?.commands ?? []),
    recipe.commands,
  );
  const held = Object.keys(recipe.holds);
  assertEquals(facts.executables, held);
  for (const path of held) {
    assertEquals(facts.files[path]?.sha256, sha256(PROGRAM));
    assertEquals(facts.files[path]?.executable, true);
  }
}

toolTest("npm pack makes what is read", ["npm"], async () => {
  const folder = Deno.makeTempDirSync();
  try {
    write(folder, PACKAGES.npm);
    await run("npm", ["pack", "--offline", "./package"], folder);
    read(`${folder}/${PACKAGES.npm.fileName}`, PACKAGES.npm);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

toolTest("dpkg-deb makes what is read, in each compression", [
  "dpkg-deb",
], async () => {
  const folder = Deno.makeTempDirSync();
  const { deb } = PACKAGES;
  try {
    write(`${folder}/d`, {
      ...deb,
      files: {
        ...deb.files,
        "DEBIAN/control": `${
          deb.files["DEBIAN/control"]
        }Maintainer: a <a@example.org>\nDescription: app\n`,
      },
    });
    for (const form of ["none", "gzip", "xz", "zstd"]) {
      await run("dpkg-deb", [
        ...["--root-owner-group", `-Z${form}`, "--build", "d", "app.deb"],
      ], folder);
      read(`${folder}/app.deb`, deb);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
