import { assert, assertEquals } from "@std/assert";
import { opcRelationships } from "../../../verify/format/opc_relationships.ts";
import { MemoryReader } from "../../../verify/reader.ts";
import {
  bytesOf,
  labels,
  lawful,
  sound,
  surviveDamage,
} from "../format/damage.ts";
import { zipArchive } from "../format/zip_fixture.ts";
import { judge, walkMutations } from "./mutation_walk.ts";

const MANIFEST = "http://schemas.microsoft.com/packaging/2010/07/manifest";
const CORE =
  "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";

interface Variation {
  readonly random?: string;
  readonly ids?: readonly [string, string];
  readonly manifestTarget?: string;
  readonly type?: string;
}

function relationships(variation: Variation = {}): string {
  const [one, two] = variation.ids ??
    ["R0123456789ABCDEF", "RFEDCBA9876543210"];
  const random = variation.random ?? "0".repeat(32);
  return `\ufeff<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="${variation.type ?? MANIFEST}" Target="${
    variation.manifestTarget ?? "/Example.nuspec"
  }" Id="${one}" />
  <Relationship Type="${CORE}" Target="/package/services/metadata/core-properties/${random}.psmdcp" Id="${two}" />
</Relationships>`;
}

function nupkg(variation: Variation = {}, contents = "<package/>"): Uint8Array {
  const random = variation.random ?? "0".repeat(32);
  return zipArchive({
    entries: [
      { name: "_rels/.rels", contents: relationships(variation) },
      { name: "Example.nuspec", contents },
      {
        name: `package/services/metadata/core-properties/${random}.psmdcp`,
        contents: "<coreProperties/>",
      },
    ],
  });
}

Deno.test("opc labels the identifiers and the random target", () => {
  assertEquals(
    labels(sound(opcRelationships, bytesOf(relationships()))),
    [
      "opc/relationship-0/before-id",
      "opc/relationship-0/id",
      "opc/relationship-1/before-target-random",
      "opc/relationship-1/target-random",
      "opc/relationship-1/before-id",
      "opc/relationship-1/id",
      "opc/rest",
    ],
  );
  surviveDamage(opcRelationships, bytesOf(relationships()), 500);
});

Deno.test("opc takes no relationships but those of a NuGet manifest", () => {
  const detect = (text: string) =>
    opcRelationships.detect(new MemoryReader(bytesOf(text)));
  assert(detect(relationships()));
  assert(!detect(relationships({ type: "http://example.org/document" })));
  assert(!detect(relationships().replaceAll("2006", "2007")));
  assert(!detect(`x${relationships()}`));
});

Deno.test("opc does not take a value for an attribute", () => {
  const text = relationships().replace(
    'Target="/Example.nuspec"',
    `Target='/x Id="R0123456789ABCDEF"'`,
  ).replace(/ Id="R0123456789ABCDEF" \/>/, " />");
  const layout = sound(opcRelationships, bytesOf(text));
  assert(
    !labels(layout).includes("opc/relationship-0/id") ||
      layout.fields.filter((field) => field.path.endsWith("/id")).length === 1,
  );
});

Deno.test("opc reports an identifier that appears twice", () => {
  const { problems } = lawful(
    opcRelationships,
    bytesOf(
      relationships({ ids: ["R0123456789ABCDEF", "R0123456789ABCDEF"] }),
    ),
  );
  assertEquals(problems.map((problem) => problem.code), ["layout-invalid"]);
});

Deno.test("nupkg normalisers let no changed byte of relationships pass unnamed", async () => {
  const { named } = await walkMutations(bytesOf(relationships()));
  assertEquals([...named].sort(), [
    "nupkg-part-reference",
    "nupkg-relationship-id",
  ]);
});

Deno.test("compare accounts for the random names of two packs", async () => {
  const result = await judge(
    nupkg(),
    nupkg({
      random: "abcdef0123456789abcdef0123456789",
      ids: ["RAAAAAAAAAAAAAAAA", "RBBBBBBBBBBBBBBBB"],
    }),
  );
  assertEquals(result.unaccounted, []);
  assertEquals(result.verdict, "equivalent");
  for (
    const id of [
      "nupkg-part-name",
      "nupkg-part-reference",
      "nupkg-relationship-id",
    ]
  ) assert(result.by.has(id), id);
});

Deno.test("compare shows another target, another manifest, other identifiers", async () => {
  const cases: [string, Uint8Array][] = [
    ["a target", nupkg({ manifestTarget: "/Evil.nuspec" })],
    ["a manifest", nupkg({ random: "a".repeat(32) }, "<other/>")],
    ["a form of identifier", nupkg({ ids: ["rId1", "rId2"] })],
    ["a type", nupkg({ type: `${MANIFEST}x` })],
  ];
  for (const [title, other] of cases) {
    assertEquals((await judge(nupkg(), other)).verdict, "different", title);
  }
});
