/**
 * A program that Debian published, rebuilt from its source package with the
 * flags that its rules give: `tree` 2.1.0-1, a C program with a makefile. Every
 * byte of code and data is the published one. What differs is the build id and
 * the name and checksum of the debug file, which both follow from it: the linker
 * took it over a `.comment`, removed since, that names the revision of the
 * compiler of then.
 */

import { assertEquals } from "@std/assert";
import { dirname } from "@std/path";
import { rebuild } from "../../verify/rebuild/rebuild.ts";
import { makeLock } from "../../verify/rebuild/make_lock.ts";
import { readRecipe } from "../../verify/rebuild/read_recipe.ts";
import { testNeeding } from "../needs.ts";
import { hasTool } from "../tool.ts";
import { makeProject } from "../verify/rebuild/project.ts";
import { type SourceArchive, sourceFiles } from "./source_packages.ts";

const TOOLS = ["apt-get", "bwrap", "gcc", "make", "objcopy", "patch", "tar"];
const PUBLISHED = "deb:tree=2.1.0-1#usr/bin/tree";

const ORIGINAL: SourceArchive = {
  name: "tree",
  version: "2.1.0-1",
  file: "tree_2.1.0.orig.tar.gz",
  sha256: "0160c535bff2b0dc6a830b9944e981e3427380f63e748da96ced7071faebabf6",
  members: ["*"],
};
const DEBIAN: SourceArchive = {
  ...ORIGINAL,
  file: "tree_2.1.0-1.debian.tar.xz",
  sha256: "0ae973a28a78f2cb490d98d92897d1582ef9aac7ecd61cae91a6fdb0fea61db6",
  members: ["debian/patches/*"],
};

/** As `debian/rules` and dpkg-buildflags(1) of Debian 12 have them. */
const CFLAGS =
  "-g -O2 -ffile-prefix-map={source}=. -fstack-protector-strong -Wformat " +
  "-Werror=format-security -std=c11 -pedantic -Wall -D_LARGEFILE64_SOURCE " +
  "-D_FILE_OFFSET_BITS=64 -DLINUX -Wdate-time -D_FORTIFY_SOURCE=2";
/** What dh_strip(1) does. */
const STRIP = `
id=$(readelf -n tree | sed -n 's/.*Build ID: //p' | cut -c3-)
objcopy --only-keep-debug --compress-debug-sections tree $id.debug
strip --remove-section=.comment --remove-section=.note tree
objcopy --add-gnu-debuglink $id.debug tree
`;
const RECIPE = {
  name: "tree",
  version: "2.1.0",
  toolchains: Object.fromEntries(
    ["gcc", "make", "objcopy", "patch", "strip"].map((name) => [name, {
      executable: name,
    }]),
  ),
  targets: {
    "linux-x64": {
      build: [
        {
          argv: [
            "/bin/sh",
            "-ec",
            "for name in $(cat debian/patches/series); do patch -sp1 <debian/patches/$name; done",
          ],
        },
        {
          argv: [
            "{tool:make}",
            "-j{jobs}",
            `CFLAGS=${CFLAGS}`,
            "LDFLAGS=-Wl,-z,relro -Wl,-z,now",
          ],
        },
        { argv: ["/bin/sh", "-ec", STRIP] },
      ],
      artifacts: [{ name: "tree", path: "tree", executable: true }],
    },
  },
};

const OF_THE_BUILD_ID = [
  "elf/.gnu_debuglink/crc",
  "elf/.gnu_debuglink/name",
  "elf/.note.gnu.build-id/desc",
];

/** Why the package cannot be rebuilt here, or null. */
function whyNot(): string | null {
  const missing = TOOLS.filter((tool) => !hasTool(tool));
  if (missing.length > 0) return `${missing.join(", ")} missing`;
  if (Deno.build.arch !== "x86_64") return "published for x86_64";
  try {
    return Deno.readTextFileSync("/etc/os-release").includes("bookworm")
      ? null
      : "built by the compiler of Debian 12";
  } catch {
    return "built by the compiler of Debian 12";
  }
}

const archives = whyNot() === null
  ? [await sourceFiles(ORIGINAL), await sourceFiles(DEBIAN)]
  : [];
const NAME = "a program of a Debian package is rebuilt from its source";
const absent = archives.flatMap(({ missing }) => missing ?? []);

// On another system there is nothing to rebuild, in CI neither; the data must
// be there.
const unlike = whyNot();
if (unlike === null) testNeeding(NAME, absent, rebuilds);
else Deno.test({ name: `${NAME} [ignored: ${unlike}]`, ignore: true, fn() {} });

async function rebuilds(): Promise<void> {
  await using project = await makeProject({ lock: false, recipe: RECIPE });
  for (const { name, bytes } of archives.flatMap(({ files }) => files)) {
    const path = `${project.path}/${name.replace(/^tree-2\.1\.0\//, "")}`;
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeFileSync(path, bytes);
  }
  const lock = await makeLock(readRecipe(project.path), {
    recipeDirectory: project.path,
  });
  await using made = await rebuild(project.path, {
    lock,
    seed: "1",
    isolation: "bubblewrap",
    against: [PUBLISHED],
  });
  const [published] = made.result.published ?? [];
  assertEquals(
    made.result.verdict,
    "identical",
    JSON.stringify(made.result.checks),
  );
  assertEquals(
    published?.comparison?.differences.map(({ path }) => path)
      .filter((path) => !OF_THE_BUILD_ID.includes(path)),
    [],
  );
}
