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
    program = build(os, arch, flags);
    built.set(key, program);
  }
  return program;
}

async function build(
  os: string,
  arch: string,
  flags: readonly string[],
): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
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
      args: ["build", "-trimpath", ...flags, "-o", "program", "."],
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
    await Deno.remove(folder, { recursive: true });
  }
}
