import { assertEquals } from "@std/assert";
import { changelogSection } from "../../../verify/version/changelog.ts";
import { manifestVersion } from "../../../verify/version/manifest.ts";

function version(path: string, text: string): string {
  const said = manifestVersion(path, new TextEncoder().encode(text));
  return said.kind === "unknown"
    ? "unknown"
    : said.kind === "major"
    ? `major ${said.major}`
    : said.version;
}

const CASES: readonly [string, string, string][] = [
  ["Cargo.toml", '[package]\nname = "x"\nversion = "1.2.3" # now\n', "1.2.3"],
  ["Cargo.toml", "[package]\nversion.workspace = true\n", "unknown"],
  ["Cargo.toml", "[package]\nversion = { workspace = true }\n", "unknown"],
  ["Cargo.toml", '[dependencies]\nversion = "9"\n', "unknown"],
  ["Cargo.toml", '[workspace.package]\nversion = "1.2.3"\n', "1.2.3"],
  [
    "Cargo.toml",
    '[package]\ndescription = """\nversion = "9"\n"""\nversion = \'1.2.3\'\n',
    "1.2.3",
  ],
  ["Cargo.toml", '[package]\nversion = "1"\nversion = "2"\n', "unknown"],
  ["a/pyproject.toml", '[project]\r\nversion = "1.2.3"\r\n', "1.2.3"],
  ["pyproject.toml", '[project]\ndynamic = ["version"]\n', "unknown"],
  ["pyproject.toml", '[tool.poetry]\nversion = "1.2.3"\n', "1.2.3"],
  ["package.json", '{"version":"1.2.3"}', "1.2.3"],
  ["package.json", '{"version":"1.2.3","version":"9"}', "unknown"],
  ["package.json", '{"version":1}', "unknown"],
  ["package.json", '{"version"', "unknown"],
  ["A.csproj", "<Project><Version>1.2.3</Version></Project>", "1.2.3"],
  ["A.csproj", "<Version>1.2.3</Version><Version>2</Version>", "unknown"],
  ["A.csproj", "<!--<Version>9</Version>--><Version>1.2.3</Version>", "1.2.3"],
  ["A.csproj", "<Version Condition=\"''==''\">1.2.3</Version>", "unknown"],
  ["A.csproj", "<Version>$(Other)</Version>", "unknown"],
  ["Directory.Build.props", "<VersionPrefix>1.2.3</VersionPrefix>", "1.2.3"],
  [
    "A.csproj",
    "<VersionPrefix>1.2.3</VersionPrefix><VersionSuffix>rc.1</VersionSuffix>",
    "1.2.3-rc.1",
  ],
  ["go.mod", "module example.org/x/v2\n\ngo 1.22\n", "major 2"],
  ["go.mod", "module example.org/x\n", "major 0 or 1"],
  ["go.mod", "go 1.22\n", "unknown"],
  ["VERSION", "1.2.3\n", "1.2.3"],
  ["VERSION", "1.2.3\n1.2.4\n", "unknown"],
  ["setup.cfg", "version = 1.2.3", "unknown"],
];

Deno.test("manifestVersion() takes what is said and guesses nothing", () => {
  for (const [path, text, expected] of CASES) {
    assertEquals(version(path, text), expected, `${path}: ${text}`);
  }
});

Deno.test("changelogSection() finds the one section with text", () => {
  const of = (text: string) => {
    const { headings, lines } = changelogSection(text, "1.2.3");
    return [headings, lines];
  };
  assertEquals(
    of("# Log\n\n## [1.2.3] - 2026-01-31\n\n- a\n\n### B\n\n- c\n"),
    [
      1,
      2,
    ],
  );
  assertEquals(of("## v1.2.3\ntext\n## 1.2.2\nold\n"), [1, 1]);
  assertEquals(of("1.2.3\n=====\ntext\n"), [1, 1]);
  assertEquals(of("## 1.2.3\n\n## 1.2.2\n\ntext\n"), [1, 0]);
  assertEquals(of("## 1.2.30\n\ntext\n"), [0, 0]);
  assertEquals(of("```\n## 1.2.3\ntext\n```\n"), [0, 0]);
  assertEquals(of("## 1.2.3\na\n## 1.2.3\nb\n"), [2, 1]);
  assertEquals(of("about 1.2.3\n"), [0, 0]);
  assertEquals(of("<!--\n## 1.2.3\ntext\n-->\n"), [0, 0]);
});
