/**
 * The shape of the house: imports run one way, the pure parts are pure, every
 * file says what it is for, and every code of the catalogue is used.
 */

import { assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, normalize, relative } from "@std/path";
import { CATALOGUE } from "../verify/catalogue/mod.ts";

const root = fromFileUrl(new URL("..", import.meta.url));

const FLOORS = ["verify", "policy", "release"];
const PURE = [
  "verify/format",
  "verify/normalize",
  "verify/compare",
  "verify/image",
  "policy",
];
const PURE_MODULES = ["node:crypto", "node:zlib", "node:buffer"];

function sources(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory
      ? sources(path)
      : entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")
      ? [path]
      : [];
  }).sort();
}

const files = new Map(
  FLOORS.flatMap(sources).map((path) =>
    [path, Deno.readTextFileSync(join(root, path))] as const
  ),
);

function importsOf(path: string, text: string): string[] {
  return [
    ...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g),
  ].map((match) => {
    const specifier = match[1] ?? "";
    return specifier.startsWith(".")
      ? relative(root, normalize(join(root, dirname(path), specifier)))
      : specifier;
  });
}

Deno.test("imports run one way: verify, policy, release", () => {
  const wrong = [...files].flatMap(([path, text]) => {
    const floor = FLOORS.indexOf(path.split("/")[0] ?? "");
    return importsOf(path, text)
      .filter((target) =>
        target === "mod.ts" || target.startsWith("tests/") ||
        FLOORS.indexOf(target.split("/")[0] ?? "") > floor
      )
      .map((target) => `${path} imports ${target}`);
  });
  assertEquals(wrong, []);
});

Deno.test("format, normalize, compare and policy touch nothing outside", () => {
  const wrong = [...files]
    .filter(([path]) => PURE.some((folder) => path.startsWith(`${folder}/`)))
    .flatMap(([path, text]) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const effects = code.match(
        /\bDeno\.|\bfetch\(|\bDate\.now\(|new Date\(\)|performance\.|Math\.random|setTimeout|crypto\.(?:randomUUID|getRandomValues)/g,
      ) ?? [];
      const modules = importsOf(path, text).filter((target) =>
        target.startsWith("node:") && !PURE_MODULES.includes(target)
      );
      return [...effects, ...modules].map((found) => `${path}: ${found}`);
    });
  assertEquals(wrong, []);
});

Deno.test("every file begins with a module comment", () => {
  const wrong = [...files].filter(([, text]) =>
    !/^\/\*\*\n(?: \*.*\n)* \* @module\n \*\//.test(text)
  ).map(([path]) => path);
  assertEquals(wrong, []);
});

Deno.test("no file is called utils, helpers, common or misc", () => {
  const wrong = [...files.keys()].filter((path) =>
    /\/(?:utils?|helpers?|common|misc|shared)\.ts$/.test(path)
  );
  assertEquals(wrong, []);
});

Deno.test("every code of the catalogue is used, outside the catalogue", () => {
  const text = [...files]
    .filter(([path]) => !path.startsWith("verify/catalogue/"))
    .map(([, source]) => source).join("\n");
  const built = /^(?:waiver|tolerance)-/;
  const unused = Object.keys(CATALOGUE).filter((code) =>
    !built.test(code) && !text.includes(`"${code}"`) &&
    !text.includes(`[${code}]`)
  );
  assertEquals(unused, []);
});

Deno.test("every entry of the catalogue says what it means and what to do", () => {
  for (const [code, entry] of Object.entries(CATALOGUE)) {
    assertEquals(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code), true, code);
    assertEquals(/[^.]$/.test(entry.title), true, code);
    assertEquals(/\.$/.test(entry.meaning), true, code);
    assertEquals(/[.?]$/.test(entry.next), true, code);
  }
});

Deno.test("no code stands in the catalogue twice", () => {
  const codes = [...files].filter(([path]) =>
    path.startsWith("verify/catalogue/")
  ).flatMap(([, text]) => [...text.matchAll(/^ {2}"([a-z0-9-]+)": \{$/gm)])
    .map(([, code]) => code);
  assertEquals(codes.sort(), Object.keys(CATALOGUE).sort());
});

Deno.test("the version is the one in deno.json", async () => {
  const { VERSION } = await import("../release/version.ts");
  const config = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));
  assertEquals(VERSION, config.version);
});

Deno.test("no source names a path of a machine or a registry's host", () => {
  const wrong = [...files].filter(([, text]) =>
    /registry\.npmjs|jsr\.io|deb\.debian|["'`\s]\/(?:work|root)\//.test(text)
  ).map(([path]) => path);
  assertEquals(wrong, []);
});
