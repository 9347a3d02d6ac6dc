/**
 * The page of an audit: one file of HTML without scripts, pictures or anything
 * from elsewhere, in light and dark. Whatever a release says of itself is
 * untrusted and stands there as text.
 *
 * @module
 */

import { type AuditHistory, isOpen } from "../../policy/audit.ts";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import { escapeText } from "../../verify/escape.ts";
import type { Outcome } from "../../verify/verdict.ts";
import type { Audit, AuditedDirectory } from "../audit.ts";
import { titleOf } from "./audit_text.ts";

/** How every page begins; what begins otherwise is not ours to replace. */
export const DASHBOARD_START = "<!doctype html>\n<!-- reproof audit -->\n";

const REASONS_MAX = 20;
const AUDITS_SHOWN = 60;
const TEXT_LENGTH_MAX = 300;

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --line: #d5d8dc;
  --go: #1a6b34; --no-go: #b3261e; --inconclusive: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b;
  --line: #3a3f45; --go: #6fd08c; --no-go: #ff8a80; --inconclusive: #f0c05a; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.go { color: var(--go); } .no-go { color: var(--no-go); }
.inconclusive { color: var(--inconclusive); }
.outcome { font-weight: 600; white-space: nowrap; }
small { opacity: .8; }
`;

/** Renders the page. */
export function renderDashboard(
  { outcome, releases, checks, at }: Audit,
  history: AuditHistory,
): string {
  const findings = checks.filter(isOpen);
  return `${DASHBOARD_START}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${ANSWER[outcome]}: audit of releases</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${mark(outcome)}: ${releases.length} release${
    releases.length === 1 ? "" : "s"
  }</h1>
<p>Audited at <time>${
    html(at)
  }</time>. This page says nothing of any later time.</p>
${
    findings.length === 0 ? "" : `<h2>Findings</h2>
<ul>
${
      findings.map((check) =>
        `<li><b>${html(CATALOGUE[check.code].title)}</b> [${check.code}] ${
          html(check.subject)
        }<br>expected ${html(check.expected)}<br>found ${
          html(check.observed)
        }<br><small>${html(CATALOGUE[check.code].next)}</small></li>`
      ).join("\n")
    }
</ul>
`
  }<h2>Releases</h2>
<table>
<thead><tr><th>Outcome</th><th>Release</th><th>Channel</th><th>Decided</th><th>Directory</th></tr></thead>
<tbody>
${releases.map(row).join("\n")}
</tbody>
</table>
<h2>Audits</h2>
<table>
<thead><tr><th>Outcome</th><th>At</th><th>Go</th><th>No-go</th><th>Inconclusive</th><th>Findings</th></tr></thead>
<tbody>
${
    history.audits.slice(-AUDITS_SHOWN).toReversed().map((audit) =>
      `<tr><td>${mark(audit.outcome)}</td><td>${
        html(audit.at)
      }</td><td>${audit.releases.go}</td><td>${
        audit.releases["no-go"]
      }</td><td>${audit.releases.inconclusive}</td><td>${audit.findings}</td></tr>`
    ).join("\n")
  }
</tbody>
</table>
</body>
</html>
`;
}

const ANSWER = {
  "go": "GO",
  "no-go": "NO-GO",
  "inconclusive": "INCONCLUSIVE",
} as const;

/** An outcome in words; colour says it again, never alone. */
function mark(outcome: Outcome): string {
  return `<span class="outcome ${outcome}">${ANSWER[outcome]}</span>`;
}

function row(release: AuditedDirectory): string {
  const { outcome, identity, directory, reasons } = release;
  const shown = reasons.slice(0, REASONS_MAX);
  const more = reasons.length - shown.length;
  const why =
    shown.map(({ code, subject }) =>
      `<br><small>${html(CATALOGUE[code].title)} [${code}] ${
        html(subject)
      }</small>`
    ).join("") + (more > 0 ? `<br><small>and ${more} more</small>` : "");
  return `<tr><td>${mark(outcome)}</td><td>${
    html(titleOf(release))
  }${why}</td><td>${html(identity?.channel ?? "")}</td><td>${
    html(identity?.decidedAt ?? "")
  }</td><td>${html(directory)}</td></tr>`;
}

/** Untrusted text as text of a page. */
function html(text: string): string {
  return escapeText(text, TEXT_LENGTH_MAX)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
