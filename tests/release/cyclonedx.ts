/**
 * The shape of the bill of materials: what of CycloneDX 1.6 we write, and
 * nothing else. The official schema is held by `cyclonedx_test.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { z } from "zod";

const ref = z.string().min(1);
const properties = z.array(z.strictObject({
  name: z.string().startsWith("reproof:"),
  value: z.string().min(1),
})).min(1);
const member = z.strictObject({
  type: z.enum(["application", "file"]),
  name: z.string().min(1),
  version: z.string().min(1),
  "bom-ref": ref,
  description: z.string().optional(),
  scope: z.literal("excluded").optional(),
  hashes: z.array(z.union([
    z.strictObject({
      alg: z.literal("SHA-256"),
      content: z.string().regex(/^[0-9a-f]{64}$/),
    }),
    z.strictObject({
      alg: z.literal("SHA-512"),
      content: z.string().regex(/^[0-9a-f]{128}$/),
    }),
  ])).length(1).optional(),
  purl: z.string().startsWith("pkg:").optional(),
  properties,
});
const component = member.extend({ components: z.array(member).optional() });

const CYCLONEDX = z.strictObject({
  $schema: z.literal("http://cyclonedx.org/schema/bom-1.6.schema.json"),
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.6"),
  serialNumber: z.string().regex(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ),
  version: z.literal(1),
  metadata: z.strictObject({
    timestamp: z.iso.datetime(),
    lifecycles: z.tuple([z.strictObject({ phase: z.literal("build") })]),
    tools: z.strictObject({
      components: z.tuple([z.strictObject({
        type: z.literal("application"),
        name: z.literal("reproof"),
        version: z.string().regex(/^\d+\.\d+\.\d+$/),
      })]),
    }),
    component: member,
    properties,
  }),
  components: z.array(component),
  dependencies: z.tuple([
    z.strictObject({ ref, dependsOn: z.array(ref).min(1) }),
  ]),
  compositions: z.tuple([z.strictObject({
    aggregate: z.literal("unknown"),
    assemblies: z.array(ref),
    dependencies: z.array(ref),
  })]),
});

/** Reads a bill of materials, which must be of that shape. */
export function assertCycloneDx(text: string): z.infer<typeof CYCLONEDX> {
  const document = CYCLONEDX.parse(JSON.parse(text));
  const refs = [
    document.metadata.component,
    ...document.components.flatMap((one) => [one, ...one.components ?? []]),
  ].map((one) => one["bom-ref"]);
  assertEquals(new Set(refs).size, refs.length);
  // The project is made of all but the toolchains.
  assertEquals(document.dependencies, [{
    ref: document.metadata.component["bom-ref"],
    dependsOn: document.components.filter(({ scope }) => scope === undefined)
      .map((one) => one["bom-ref"]),
  }]);
  // Of nothing it says that it knows all that is in it.
  const [{ assemblies, dependencies }] = document.compositions;
  assertEquals(assemblies, refs);
  assertEquals(dependencies, refs);
  return document;
}
