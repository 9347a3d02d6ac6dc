/**
 * What the bill of materials knows of a release, and that it knows it in the
 * same bytes on every host.
 */

import { assertEquals, assertNotEquals } from "@std/assert";
import { formatSbom, type SbomInputs } from "../../release/sbom/sbom.ts";
import { parseDocument } from "../../verify/document.ts";
import { LOCK } from "../../verify/rebuild/lock.ts";
import { RECIPE } from "../../verify/rebuild/recipe.ts";
import { assertCycloneDx } from "./cyclonedx.ts";

const digit = (hex: string) => hex.repeat(64);

const TARGET = {
  build: [{ argv: ["true"] }],
  artifacts: [{ name: "tool", path: "tool" }],
};

const RECIPE_VALUE = parseDocument(
  RECIPE,
  JSON.stringify({
    schemaVersion: 1,
    name: "tool",
    version: "1.0.0",
    toolchains: {
      asc: { npm: "@scope/asc@1.2.3", lockFile: "deno.lock" },
      go: { executable: "go" },
      zig: { archive: "zig.tar.gz", program: "zig" },
      deno: { executable: "deno", pin: "version" },
      // Comes after h in Czech.
      chez: { executable: "scheme", pin: "version" },
    },
    targets: {
      linux: TARGET,
      mac: { ...TARGET, toolchains: ["deno"] },
      win: { ...TARGET, toolchains: ["chez"] },
    },
  }),
  "recipe",
);

const LOCK_VALUE = parseDocument(
  LOCK,
  JSON.stringify({
    schemaVersion: 1,
    host: { os: "linux", arch: "x86_64", name: "Debian" },
    toolchains: {
      zig: {
        pin: "archive",
        version: "0.14.0",
        archive: {
          source: "zig.tar.gz",
          platform: null,
          size: 1,
          sha256: digit("1"),
          names: [],
        },
        executable: { path: "zig", sha256: digit("2") },
        files: { sha256: digit("3"), count: 7 },
      },
      go: {
        pin: "host",
        version: "go1.23",
        executable: { path: "/usr/bin/go", sha256: digit("4") },
        files: { sha256: digit("5"), count: 9 },
      },
      chez: { pin: "version", version: "10.1.0" },
      deno: { pin: "version", version: "2.9.6" },
      asc: {
        pin: "npm",
        version: "1.2.3",
        integrity: `sha512-${"A".repeat(86)}==`,
      },
    },
  }),
  "lock",
);

const REPORT = {
  program: "reproof 0.1.0",
  project: "tool",
  version: "1.0.0",
  resource: "pkg:generic/tool@1.0.0",
  subjects: [{
    name: "tool-1.0.0-linux.tar.gz",
    target: "linux",
    sha256: digit("6"),
    size: 1,
  }],
  inputs: { recipeSha256: "", lockSha256: "", policySha256: "" },
  rebuild: {
    source: {
      commit: "c".repeat(40),
      treeSha256: digit("d"),
      sourceDateEpoch: 1767225600,
    },
    prepared: { sha256: digit("7"), count: 3 },
    artifacts: [
      { target: "linux", name: "tool", sha256: digit("8") },
      { target: "linux", name: "tool.sym", sha256: digit("9") },
      { target: "other", name: "tool", sha256: null },
    ],
  },
};

function inputs(change: (report: typeof REPORT) => void = () => {}) {
  const report = structuredClone(REPORT);
  change(report);
  return {
    recipe: RECIPE_VALUE,
    lock: LOCK_VALUE,
    report: report as unknown as SbomInputs["report"],
  };
}

Deno.test("the bill of materials knows every kind of pin", () => {
  const { components } = assertCycloneDx(formatSbom(inputs()));
  const tools = components.filter(({ scope }) => scope === "excluded").map((
    { name, version, description, hashes = [], purl, properties },
  ) => [
    name,
    version,
    hashes.map(({ alg, content }) => `${alg} ${content.slice(0, 4)}`).join(),
    purl,
    description,
    properties.map(({ name, value }) =>
      `${name.slice("reproof:".length)} ${value.slice(0, 10)}`
    ).join(),
  ]);
  const printed = "Known by the version that it prints alone.";
  const none = undefined;
  assertEquals(tools, [
    [
      "asc",
      "1.2.3",
      "SHA-512 0000",
      "pkg:npm/%40scope/asc@1.2.3",
      none,
      "pin npm,digest-of package",
    ],
    ["chez", "10.1.0", "", none, printed, "pin version"],
    ["deno", "2.9.6", "", none, printed, "pin version"],
    [
      "go",
      "go1.23",
      "SHA-256 4444",
      none,
      none,
      "pin host,digest-of executable,files:sha256 5555555555,files:count 9",
    ],
    [
      "zig",
      "0.14.0",
      "SHA-256 1111",
      none,
      none,
      "pin archive,digest-of archive,executable:sha256 2222222222,files:sha256 3333333333,files:count 7",
    ],
  ]);
});

Deno.test("the bill of materials knows source, prepared files and artifacts", () => {
  const { metadata, components } = assertCycloneDx(formatSbom(inputs()));
  assertEquals(metadata.timestamp, "2026-01-01T00:00:00.000Z");
  assertEquals(metadata.component.purl, "pkg:generic/tool@1.0.0");
  assertEquals(
    metadata.component.properties.map(({ name, value }) => [name, value]),
    [
      ["reproof:source:commit", "c".repeat(40)],
      ["reproof:source:tree:sha256", digit("d")],
      ["reproof:prepared:sha256", digit("7")],
      ["reproof:prepared:count", "3"],
    ],
  );
  const [archive, alone] = components;
  assertEquals(archive?.name, "tool-1.0.0-linux.tar.gz");
  assertEquals(archive?.hashes, [{ alg: "SHA-256", content: digit("6") }]);
  assertEquals(
    archive?.components?.map(({ name, hashes }) => [name, hashes?.[0]]),
    [
      ["tool", { alg: "SHA-256", content: digit("8") }],
      ["tool.sym", { alg: "SHA-256", content: digit("9") }],
    ],
  );
  // Built for no archive, of a digest that nobody knows.
  assertEquals(alone?.["bom-ref"], "artifact/other/tool");
  assertEquals(alone?.hashes, undefined);
});

Deno.test("the bill of materials knows toolchains of builders elsewhere", () => {
  const lock = {
    ...LOCK_VALUE,
    toolchains: {
      ...LOCK_VALUE.toolchains,
      deno: { pin: "version", version: "2.9.7" },
    },
  } as const;
  const builder = (lockSha256: string, ...targets: string[]) => ({
    lock,
    lockSha256,
    targets,
  });
  const tools = (...builders: ReturnType<typeof builder>[]) => {
    const given = inputs(({ inputs }) => inputs.lockSha256 = digit("e"));
    const text = formatSbom({ ...given, builders });
    return assertCycloneDx(text).components
      .filter(({ scope }) => scope === "excluded")
      .map(({ "bom-ref": ref, version, properties }) =>
        [
          ref.slice("toolchain/".length),
          version,
          properties.find(({ name }) => name === "reproof:targets")?.value,
        ].join(" ").trim()
      );
  };
  const own = ["asc 1.2.3", "chez 10.1.0", "deno 2.9.6", "go go1.23"];
  assertEquals(tools(), [...own, "zig 0.14.0"]);
  // One that built with the same lock has the same toolchains.
  assertEquals(tools(builder(digit("e"), "mac")), [...own, "zig 0.14.0"]);
  const elsewhere = [
    ...own,
    "zig 0.14.0",
    "aaaaaaaaaaaaaaaa/deno 2.9.7 mac",
    "ffffffffffffffff/chez 10.1.0 win",
  ];
  const mac = builder(digit("a"), "mac");
  const win = builder(digit("f"), "win");
  assertEquals(tools(mac, win), elsewhere);
  assertEquals(tools(win, mac), elsewhere);
  // Two with one lock are listed once, with what both built.
  assertEquals(tools(builder(digit("a"), "win"), mac).slice(-2), [
    "aaaaaaaaaaaaaaaa/chez 10.1.0 mac win",
    "aaaaaaaaaaaaaaaa/deno 2.9.7 mac win",
  ]);
});

Deno.test("the bill of materials has the same bytes for the same release", () => {
  const text = formatSbom(inputs());
  assertEquals(formatSbom(inputs()), text);
  const serial = (document: string) => assertCycloneDx(document).serialNumber;
  const changes: Readonly<Record<string, (report: typeof REPORT) => void>> = {
    "another version": (report) => report.version = "1.0.1",
    "another commit": ({ rebuild }) => rebuild.source.commit = "b".repeat(40),
    "another time": ({ rebuild }) => rebuild.source.sourceDateEpoch++,
    "other prepared files": ({ rebuild }) => rebuild.prepared.count++,
    "another digest": ({ subjects: [one] }) => one && (one.sha256 = digit("a")),
  };
  for (const [name, change] of Object.entries(changes)) {
    assertNotEquals(serial(formatSbom(inputs(change))), serial(text), name);
  }
});

Deno.test("the bill of materials names no host and needs no permission", async () => {
  const text = formatSbom(inputs());
  assertEquals(
    [...text.matchAll(/[a-z+]+:\/\/[^"\s]*/g)].map(([url]) => url),
    ["http://cyclonedx.org/schema/bom-1.6.schema.json"],
  );
  assertEquals(text.includes("/usr/bin"), false);
  const module = new URL("../../release/sbom/sbom.ts", import.meta.url).href;
  const program = `
    import { formatSbom } from ${JSON.stringify(module)};
    console.log(navigator.language);
    console.log(formatSbom(${JSON.stringify(inputs())}).trimEnd());`;
  for (const locale of ["en-US", "cs-CZ"]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--cached-only", "--no-check", "-"],
      cwd: new URL("../../", import.meta.url),
      env: { LC_ALL: `${locale.replace("-", "_")}.UTF-8` },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    const { stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stderr), "");
    assertEquals(decoder.decode(stdout), `${locale}\n${text}`);
  }
});
