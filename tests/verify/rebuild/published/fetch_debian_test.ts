/**
 * `deb:NAME=VERSION` through apt, from a repository on the loopback whose list
 * is signed by a key of the test, so that apt holds what it fetches against it.
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ReproofError } from "../../../../verify/error.ts";
import { fetchPublished } from "../../../../verify/rebuild/published/fetch_published.ts";
import { parsePublishedSource } from "../../../../verify/rebuild/published/published_source.ts";
import { removeTree } from "../../../../verify/rebuild/work_directory.ts";
import { toolTest } from "../../../tool.ts";

const TOOLS = ["apt-get", "apt-ftparchive", "dpkg-deb", "gpg"];
const SOURCE = "deb:reproof-sample=1.0-1";

async function run(
  folder: string,
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    env: { GNUPGHOME: `${folder}/gnupg`, ...env },
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}

/** Writes a package, the list of it and the signature of that. */
async function makeRepository(folder: string): Promise<void> {
  const root = `${folder}/package`;
  for (const path of [`${root}/DEBIAN`, `${root}/usr/bin`, `${folder}/repo`]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  Deno.mkdirSync(`${folder}/gnupg`, { mode: 0o700 });
  Deno.writeTextFileSync(
    `${root}/DEBIAN/control`,
    "Package: reproof-sample\nVersion: 1.0-1\nArchitecture: all\n" +
      "Maintainer: nobody <nobody@example.test>\nDescription: sample\n",
  );
  Deno.writeTextFileSync(`${root}/usr/bin/sample`, "made\n");
  await run(folder, ["dpkg-deb", "--build", "package", "repo/sample.deb"]);
  const list = async (name: string, ...args: string[]) =>
    Deno.writeFileSync(
      `${folder}/repo/${name}`,
      await run(`${folder}/repo`, ["apt-ftparchive", ...args]),
    );
  await list("Packages", "packages", ".");
  await list("Release", "release", ".");
  const gpg = ["gpg", "--batch", "--quiet", "--passphrase", ""];
  await run(folder, [...gpg, "--quick-gen-key", "sample", "ed25519"]);
  await run(
    folder,
    [...gpg, "--clearsign", "-o", "repo/InRelease"].concat(
      "repo/Release",
    ),
  );
  await run(folder, [...gpg, "--export", "-o", "key.gpg"].concat("sample"));
}

/** A configuration of apt that knows this repository and touches no other. */
function configure(folder: string, port: number): string {
  for (const path of ["state/lists/partial", "cache/archives/partial"]) {
    Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${folder}/status`, "");
  Deno.writeTextFileSync(
    `${folder}/sources.list`,
    `deb [signed-by=${folder}/key.gpg] http://127.0.0.1:${port} ./\n`,
  );
  Deno.writeTextFileSync(
    `${folder}/apt.conf`,
    Object.entries({
      "Dir::Etc::sourcelist": `${folder}/sources.list`,
      "Dir::Etc::sourceparts": "-",
      "Dir::State": `${folder}/state`,
      "Dir::State::status": `${folder}/status`,
      "Dir::Cache": `${folder}/cache`,
      "Acquire::http::Proxy": "DIRECT",
      "Acquire::Languages": "none",
      "APT::Sandbox::User": "root",
    }).map(([name, value]) => `${name} "${value}";\n`).join(""),
  );
  return `${folder}/apt.conf`;
}

/**
 * Fetches a file of the package.
 *
 * @param change What becomes of the repository after its list was fetched.
 */
async function fetched(
  source: string,
  change: (repository: string) => void = () => {},
): Promise<string> {
  const folder = Deno.makeTempDirSync({ prefix: "reproof-test-" });
  const before = Deno.env.get("APT_CONFIG");
  try {
    await makeRepository(folder);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const { pathname } = new URL(request.url);
        try {
          return new Response(Deno.readFileSync(`${folder}/repo${pathname}`));
        } catch {
          return new Response("none", { status: 404 });
        }
      },
    );
    const APT_CONFIG = configure(folder, server.addr.port);
    await run(folder, ["apt-get", "-q", "update"], { APT_CONFIG });
    change(`${folder}/repo`);
    Deno.env.set("APT_CONFIG", APT_CONFIG);
    return Deno.readTextFileSync(
      await fetchPublished(parsePublishedSource(source), {
        into: `${folder}/published`,
      }),
    );
  } finally {
    if (before === undefined) Deno.env.delete("APT_CONFIG");
    else Deno.env.set("APT_CONFIG", before);
    await removeTree(folder);
  }
}

async function refused(
  source: string,
  change?: (repository: string) => void,
): Promise<string> {
  const error = await assertRejects(
    () => fetched(source, change),
    ReproofError,
  );
  assertEquals(error.code, "published-not-fetched");
  return error.message;
}

toolTest(
  "a file of a Debian package is fetched, and no other",
  TOOLS,
  async () => {
    assertEquals(await fetched(`${SOURCE}#usr/bin/sample`), "made\n");
    assertStringIncludes(
      await refused(`${SOURCE}#usr/bin/none`),
      'a regular file "usr/bin/none" in it',
    );
    assertStringIncludes(
      await refused("deb:reproof-sample=1.0-2#usr/bin/sample"),
      "1.0-2",
    );
  },
);

toolTest(
  "a Debian package that is not as the signed list says is refused",
  TOOLS,
  async () => {
    await refused(`${SOURCE}#usr/bin/sample`, (repository) => {
      const path = `${repository}/sample.deb`;
      const bytes = Deno.readFileSync(path);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      Deno.writeFileSync(path, bytes);
    });
  },
);
