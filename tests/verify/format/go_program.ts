/**
 * A Go program built for another system: real files of formats that this
 * machine does not produce by itself. Built once for each target and run.
 *
 * @module
 */

const built = new Map<string, Promise<Uint8Array>>();

/** The bytes of a small program for `os` and `arch`. */
export function goProgram(
  os: string,
  arch: string,
  flags: readonly string[] = [],
): Promise<Uint8Array> {
  const key = [os, arch, ...flags].join(" ");
  let program = built.get(key);
  if (program === undefined) {
    program = build(os, arch, { flags: ["-trimpath", ...flags] });
    built.set(key, program);
  }
  return program;
}

/**
 * The same program built in a folder of this name, whose path it holds; the
 * rest of the path is the same for all names.
 */
export async function goProgramsIn(
  names: readonly string[],
  { os, arch }: { readonly os: string; readonly arch: string },
): Promise<Uint8Array[]> {
  const home = await Deno.makeTempDir();
  try {
    const programs: Uint8Array[] = [];
    for (const name of names) {
      await Deno.mkdir(`${home}/${name}`);
      programs.push(
        await build(os, arch, {
          flags: ["-buildvcs=false"],
          folder: `${home}/${name}`,
        }),
      );
    }
    return programs;
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function build(
  os: string,
  arch: string,
  { flags, folder: home }: {
    readonly flags: readonly string[];
    readonly folder?: string;
  },
): Promise<Uint8Array> {
  const folder = home ?? await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/go.mod`,
      "module example.org/small\n\ngo 1.21\n",
    );
    await Deno.writeTextFile(
      `${folder}/main.go`,
      'package main\n\nfunc main() { println("hello") }\n',
    );
    const result = await new Deno.Command("go", {
      args: ["build", ...flags, "-o", "program", "."],
      cwd: folder,
      env: {
        GOOS: os,
        GOARCH: arch,
        CGO_ENABLED: "0",
        GOTOOLCHAIN: "local",
        GOPROXY: "off",
        GOFLAGS: "",
      },
    }).output();
    if (!result.success) {
      throw new Error(new TextDecoder().decode(result.stderr));
    }
    return await Deno.readFile(`${folder}/program`);
  } finally {
    if (home === undefined) await Deno.remove(folder, { recursive: true });
  }
}
