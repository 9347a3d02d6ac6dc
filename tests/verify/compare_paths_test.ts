import { assert, assertEquals, assertRejects } from "@std/assert";
import { comparePaths } from "../../verify/compare_paths.ts";
import { ReproofError } from "../../verify/error.ts";
import { toolTest } from "../tool.ts";

/** Runs with a directory that goes away. */
async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function twoTrees(folder: string): Promise<[string, string]> {
  const trees: [string, string] = [`${folder}/left`, `${folder}/right`];
  for (const tree of trees) {
    await Deno.mkdir(`${tree}/bin`, { recursive: true });
    await Deno.writeTextFile(`${tree}/bin/app`, "text of the app");
    await Deno.chmod(`${tree}/bin/app`, 0o755);
    await Deno.symlink("app", `${tree}/bin/alias`);
  }
  return trees;
}

const found = async (left: string, right: string) => {
  const { verdict, differences } = await comparePaths(left, right);
  return [
    verdict,
    ...differences.map(({ code, path }) => `${code} ${path}`),
  ];
};

Deno.test("comparePaths finds two directories identical", () =>
  inFolder(async (folder) => {
    const [left, right] = await twoTrees(folder);
    const comparison = await comparePaths(left, right);
    assertEquals(comparison.verdict, "identical");
    assertEquals(comparison.left.sha256, comparison.right.sha256);
    assertEquals(comparison.left.format, "directory");
    assertEquals(comparison.ledger.left.total, 15);
  }));

Deno.test("comparePaths knows nothing of directories without a file", () =>
  inFolder(async (folder) => {
    const trees = [`${folder}/left`, `${folder}/right`] as const;
    for (const tree of trees) await Deno.mkdir(tree);
    assertEquals(await found(...trees), [
      "unchecked",
      "nothing-compared directory",
    ]);
    for (const tree of trees) await Deno.mkdir(`${tree}/folder`);
    assertEquals((await found(...trees))[0], "unchecked");
    for (const tree of trees) await Deno.writeTextFile(`${tree}/file`, "");
    assertEquals(await found(...trees), ["identical"]);
    await Deno.remove(`${trees[0]}/file`);
    assertEquals((await found(...trees))[0], "different");
  }));

Deno.test("comparePaths finds every kind of difference in a directory", () =>
  inFolder(async (folder) => {
    const [left, right] = await twoTrees(folder);
    await Deno.writeTextFile(`${right}/bin/app`, "text of the App");
    assertEquals(await found(left, right), [
      "different",
      "content-differs bin/app:data/data",
    ]);
    await Deno.writeTextFile(`${right}/bin/app`, "text of the app");
    await Deno.chmod(`${right}/bin/app`, 0o4755);
    assertEquals(await found(left, right), [
      "different",
      "mode-differs bin/app:mode",
    ]);
    await Deno.chmod(`${right}/bin/app`, 0o755);
    await Deno.remove(`${right}/bin/alias`);
    await Deno.symlink("./app", `${right}/bin/alias`);
    assertEquals(await found(left, right), [
      "different",
      "link-differs bin/alias:link",
    ]);
    await Deno.remove(`${right}/bin/alias`);
    await Deno.writeTextFile(`${right}/bin/alias`, "text of the app");
    assertEquals(await found(left, right), [
      "different",
      "type-differs bin/alias",
    ]);
    await Deno.remove(`${right}/bin/alias`);
    assertEquals(await found(left, right), [
      "different",
      "entry-missing bin/alias",
    ]);
  }));

Deno.test("comparePaths follows no link inside a directory", () =>
  inFolder(async (folder) => {
    const [left, right] = await twoTrees(folder);
    for (const tree of [left, right]) {
      await Deno.symlink("..", `${tree}/bin/loop`);
      await Deno.symlink("/nowhere", `${tree}/dangling`);
    }
    assertEquals(await found(left, right), ["identical"]);
  }));

toolTest(
  "comparePaths cannot tell for special files",
  ["mkfifo"],
  () =>
    inFolder(async (folder) => {
      const [left, right] = await twoTrees(folder);
      for (const tree of [left, right]) {
        await new Deno.Command("mkfifo", { args: [`${tree}/pipe`] }).output();
      }
      assertEquals(await found(left, right), [
        "unchecked",
        "special-file pipe",
      ]);
    }),
);

Deno.test("comparePaths refuses what it cannot open", () =>
  inFolder(async (folder) => {
    const [left] = await twoTrees(folder);
    for (
      const [a, b] of [
        [left, `${left}/bin/app`],
        [`${left}/none`, left],
        [`${left}/bin/app`, "/dev/null"],
      ] as const
    ) {
      const error = await assertRejects(() => comparePaths(a, b), ReproofError);
      assertEquals(error.code, "file-not-readable");
    }
  }));

Deno.test("comparePaths stops when its caller gives up", () =>
  inFolder(async (folder) => {
    const [left, right] = await twoTrees(folder);
    const signal = AbortSignal.abort();
    await assertRejects(() => comparePaths(left, right, { signal }));
  }));

Deno.test("comparePaths stops while it reads, when its caller gives up", () =>
  inFolder(async (folder) => {
    const paths = [`${folder}/one`, `${folder}/other`] as const;
    for (const [index, path] of paths.entries()) {
      using file = await Deno.create(path);
      // Holes: large to read, small to store.
      await file.truncate(4 * 2 ** 30 + index);
    }
    const controller = new AbortController();
    const comparison = comparePaths(...paths, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 0);
    await assertRejects(() => comparison, Error, "enough");
  }));

toolTest("comparePaths accounts for what tar and gzip add, and no more", [
  "tar",
  "gzip",
], () =>
  inFolder(async (folder) => {
    const [left] = await twoTrees(folder);
    const pack = async (name: string, ...flags: string[]) => {
      const { success } = await new Deno.Command("tar", {
        args: ["-czf", `${folder}/${name}`, ...flags, "-C", left, "."],
      }).output();
      assert(success);
      return `${folder}/${name}`;
    };
    const verdict = async (a: string, b: string) =>
      (await comparePaths(a, b)).verdict;
    for (const format of ["ustar", "gnu", "pax"]) {
      const flags = [`--format=${format}`, "--sort=name"];
      const base = await pack("a.tgz", ...flags, "--mtime=@1000000000");
      assertEquals(
        await verdict(
          base,
          await pack("b.tgz", ...flags, "--mtime=@1700000000", "--owner=me:7"),
        ),
        "equivalent",
        format,
      );
      assertEquals(
        await verdict(
          base,
          await pack("c.tgz", ...flags, "--mtime=@1000000000", "--mode=a+w"),
        ),
        "different",
        format,
      );
    }
  }));

toolTest(
  "comparePaths names the field that differs in a program",
  ["gcc"],
  () =>
    inFolder(async (folder) => {
      const build = async (name: string, text: string) => {
        await Deno.writeTextFile(
          `${folder}/main.c`,
          `#include <stdio.h>\nint main(void) { puts("${text}"); return 0; }\n`,
        );
        const { success } = await new Deno.Command("gcc", {
          args: ["-o", `${folder}/${name}`, `${folder}/main.c`],
        }).output();
        assert(success);
        return `${folder}/${name}`;
      };
      const left = await build("a", "built at noon");
      assertEquals(
        (await comparePaths(left, await build("b", "built at noon"))).verdict,
        "identical",
      );
      const { verdict, differences } = await comparePaths(
        left,
        await build("c", "built at nine"),
      );
      assertEquals(verdict, "different");
      const content = differences.filter(({ accountedBy }) =>
        accountedBy === null
      );
      assertEquals(
        content.map((
          { path, left, right },
        ) => [path, left?.value, right?.value]),
        [["elf/.rodata", '"built at noon"', '"built at nine"']],
      );
    }),
);

toolTest(
  "comparePaths trusts no build-id that differs alone",
  ["gcc"],
  () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(
        `${folder}/main.c`,
        "int main(void) {return 0;}\n",
      );
      const build = async (name: string, id: string) => {
        await new Deno.Command("gcc", {
          args: [
            `-Wl,--build-id=${id}`,
            "-o",
            `${folder}/${name}`,
            `${folder}/main.c`,
          ],
        }).output();
        return `${folder}/${name}`;
      };
      const { verdict, differences } = await comparePaths(
        await build("a", "uuid"),
        await build("b", "uuid"),
      );
      assertEquals(verdict, "different");
      assertEquals(
        differences.map(({ path, accountedBy }) => [path, accountedBy]),
        [
          ["elf/.note.gnu.build-id/desc", null],
        ],
      );
    }),
);

toolTest("comparePaths trusts no build-id that follows from one side only", [
  "gcc",
], () =>
  inFolder(async (folder) => {
    const build = async (name: string, text: string) => {
      await Deno.writeTextFile(
        `${folder}/main.c`,
        `const char text[] = "${text}"; int main(int c, char **v) { return text[c]; }\n`,
      );
      await new Deno.Command("gcc", {
        args: [
          "-fuse-ld=bfd",
          "-Wl,--build-id=sha1",
          "-o",
          `${folder}/${name}`,
          `${folder}/main.c`,
        ],
      }).output();
      return `${folder}/${name}`;
    };
    const left = await build("a", "aaaa");
    const right = await build("b", "bbbb");
    const tolerances = [{
      id: "text",
      artifact: "main",
      field: "elf/.rodata",
      bytesMax: 5,
    }];
    const sound = await comparePaths(left, right, { tolerances });
    assertEquals(sound.verdict, "equivalent");
    // A byte changed after the link, within what is tolerated.
    const bytes = await Deno.readFile(right);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("bbbb");
    bytes[at] = 0x63;
    await Deno.writeFile(right, bytes);
    const changed = await comparePaths(left, right, { tolerances });
    assertEquals(changed.verdict, "different");
    assertEquals(
      changed.differences.filter(({ accountedBy }) => accountedBy === null)
        .map(({ path }) => path),
      ["elf/.note.gnu.build-id/desc"],
    );
  }));
