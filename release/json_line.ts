/**
 * One object of a list on one line, `{"name": "a", "size": 1}`: the form in
 * which FUSE's scripts print what they list.
 *
 * @module
 */

/** Writes the members in their order, those that are undefined left out. */
export function jsonLine(
  members: Readonly<Record<string, string | number | undefined>>,
): string {
  const written = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `{${written.join(", ")}}`;
}

/** Several lists as the members of an object, one element a line. */
export function jsonLists(
  lists: Readonly<
    Record<string, readonly Parameters<typeof jsonLine>[0][]>
  >,
): string {
  return Object.entries(lists).map(([key, list]) =>
    `  "${key}": [\n${
      list.map((members) => `    ${jsonLine(members)}`).join(",\n")
    }\n  ]`
  ).join(",\n");
}
