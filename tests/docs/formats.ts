/**
 * Writes `docs/formats.md` from the registries of formats and normalisers, from
 * the module comments behind them and from the table of limits. Run it after a change there; a test
 * holds the file against it.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { FORMATS } from "../../verify/format/registry.ts";
import { LIMITS } from "../../verify/limits.ts";
import { NORMALIZERS } from "../../verify/normalize/registry.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** The document that the registries ask for. */
export const FORMATS_DOCUMENT = `${ROOT}docs/formats.md`;

const HEAD = `# Formats and normalisers

Every file is laid out before anything is judged: fields that are ordered, do
not overlap and add up to its size, to the byte. What a format does not know is
content, and content must be equal. A file that no format recognises is one
field of content. Detection looks at bytes and never at names.

This page is written by \`deno run -A tests/docs/formats.ts\` from the registries
and the comments of their modules, which say more; a test keeps it so.
`;

const NORMALIZER_HEAD = `## Normalisers

A normaliser accounts for one kind of field and shows both values. \`mask\`: the
specification calls the field metadata, and its value has the grammar given
there. \`derive\`: the value is computed again from the other bytes of its own
file, or, where that cannot be done here, counts only beside another difference
that explains it. Modes, extended attributes, capabilities, link targets, types
of entries and loaded code are never masked.
`;

const LIMIT_HEAD = `## Limits

No file makes a comparison or an inspection run on without an end. A limit that
is reached is listed by its name under \`limitsHit\`, and the verdict is
\`unchecked\` unless a difference was proven beside it; \`differencesMax\` and
\`valueBytesMax\` alone only shorten what is shown. What one side has and the other may have behind a limit is no
difference. Small files get less of fields, entries and expanded bytes than the
table says, by their size; what lies inside a file, at any depth, counts with it
(\`verify/format/field_budget.ts\`, \`verify/format/source.ts\`). Files that are
equal byte for byte are \`identical\` whatever they hold.
`;

/** The limits of comparison and inspection, by the beginning of their names. */
const COMPARED =
  /^(?:layout|nesting|entries|expan|compareW|differences|value|accounted|recomp|gzip|tar|zip|pe[A-Z]|dotnet)/;

/** The whole document. */
export async function formatsDocument(): Promise<string> {
  const files = await formatFiles();
  const formats = [...new Set(files.values())].map((file) => {
    const names = [...files].filter(([, one]) => one === file)
      .map(([name]) => name);
    return { names, file };
  });
  const lines = [HEAD, "## Formats\n"];
  for (const { names, file } of formats) {
    const [first = ""] = await paragraphs(`verify/format/${file}`);
    const ids = NORMALIZERS.filter(({ format }) => names.includes(format))
      .map(({ id }) => `\`${id}\``);
    lines.push(
      `### ${names.map((name) => `\`${name}\``).join(", ")}\n`,
      `${first}\n`,
      ids.length === 0
        ? "No normalisers: all of it must be equal.\n"
        : `Normalisers: ${ids.join(", ")}.\n`,
    );
  }
  lines.push(NORMALIZER_HEAD);
  // Cells padded to the longest would make each line the length of a page.
  lines.push(
    "<!-- deno-fmt-ignore-start -->\n",
    "| id | action | accounts for | specification | must not hide |",
    "| --- | --- | --- | --- | --- |",
  );
  for (const { id, action, summary } of NORMALIZERS) {
    const text = await paragraphs(
      `verify/normalize/${id.replaceAll("-", "_")}.ts`,
    );
    const cells = [`\`${id}\``, action, summary, specification(text, id)]
      .concat(mustNotHide(text, id));
    lines.push(`| ${cells.map(cell).join(" | ")} |`);
  }
  lines.push("\n<!-- deno-fmt-ignore-end -->");
  lines.push(
    `\n${LIMIT_HEAD}`,
    "| limit | value | of what |",
    "| --- | --- | --- |",
  );
  for (const { name, value, of } of await limits()) {
    lines.push(`| \`${name}\` | ${value} | ${cell(of)} |`);
  }
  return await formatted(`${lines.join("\n")}\n`);
}

/** Name, value and comment of each limit that a compared file can reach. */
async function limits(): Promise<
  { name: string; value: string; of: string }[]
> {
  const source = await Deno.readTextFile(`${ROOT}verify/limits.ts`);
  const found = [...source.matchAll(
    /^ {2}\/\*\* ([^*]+?)\.? \*\/\n {2}(\w+): [^\n]*,$/gm,
  )].filter(([, , name = ""]) => COMPARED.test(name));
  const known = Object.keys(LIMITS).filter((name) => COMPARED.test(name));
  if (found.length !== known.length) throw new Error("limits not found");
  return found.map(([, of = "", name = ""]) => ({
    name,
    value: new Intl.NumberFormat("fr").format(
      LIMITS[name as keyof typeof LIMITS],
    ).replaceAll(/\s/g, " "),
    of,
  }));
}

/** Module of each format, in the order of detection. */
async function formatFiles(): Promise<Map<string, string>> {
  const registry = await Deno.readTextFile(`${ROOT}verify/format/registry.ts`);
  const modules = new Map<string, string>();
  for (
    const [, names = "", file = ""] of registry.matchAll(
      /^import \{([^}]*)\} from "\.\/([a-z_]+\.ts)"/gm,
    )
  ) {
    for (const name of names.split(",")) modules.set(name.trim(), file);
  }
  const listed = /FORMATS[^=]*= \[([^\]]*)\]/.exec(registry)?.[1] ?? "";
  const order = listed.split(",").map((name) => name.trim()).filter(Boolean);
  if (order.length !== FORMATS.length) throw new Error("formats not found");
  return new Map(order.map((name, index) => {
    const file = modules.get(name);
    if (file === undefined) throw new Error(`no module of ${name}`);
    return [FORMATS[index]?.name ?? name, file];
  }));
}

/** Paragraphs of a module comment, each on one line, without its lists. */
async function paragraphs(path: string): Promise<string[]> {
  const source = await Deno.readTextFile(`${ROOT}${path}`);
  const comment = /^\/\*\*\n([^]*?)\n \*\//.exec(source)?.[1] ?? "";
  return comment.replaceAll(/^ \* ?/gm, "").split("\n\n")
    .map((text) => text.replaceAll(/\s+/g, " ").trim())
    .filter((text) => text !== "" && text !== "@module");
}

/** What the comment cites: a paragraph of its own, or the first one. */
function specification(text: readonly string[], id: string): string {
  const own = text.find((one) => one.startsWith("Specification: "));
  const cited = own?.slice("Specification: ".length) ?? text[0];
  if (cited === undefined) throw new Error(`${id}: no specification`);
  return cited;
}

/** `Must not hide: …`, or the sentences from `must not hide` on. */
function mustNotHide(text: readonly string[], id: string): string {
  for (const one of text) {
    const found = /\b[Mm]ust not hide:? ([^]*)$/.exec(one)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`${id}: the comment must say what it must not hide`);
}

/** A cell begins with a capital, and holds no HTML outside of code. */
function cell(text: string): string {
  const safe = text.replaceAll("|", "\\|").split("`")
    .map((part, index) => index % 2 === 0 ? part.replaceAll("<", "&lt;") : part)
    .join("`");
  return /^[a-z]+[ ,]/.test(safe)
    ? safe.slice(0, 1).toUpperCase() + safe.slice(1)
    : safe;
}

/** As `deno fmt` writes it. */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("deno fmt failed");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  await Deno.writeTextFile(FORMATS_DOCUMENT, await formatsDocument());
}
