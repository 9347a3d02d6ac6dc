/**
 * The decision as a badge that says how old it is: JSON for a shields endpoint
 * (shields.io, "Endpoint Badge", schemaVersion 1) and the same as SVG. A badge
 * is cached and copied, so one older than a month says so instead of shining
 * on, and one from the future is not believed.
 *
 * @module
 */

import { escapeText } from "../../verify/escape.ts";
import type { ReleaseReport } from "./release_report.ts";

const DAY_MS = 86_400_000;
const STALE_DAYS = 31;
const LABEL = "reproof";

/** What a badge says. */
export interface Badge {
  readonly message: string;
  readonly color: "brightgreen" | "red" | "yellow" | "lightgrey";
}

/** The badge of a report at a time. */
export function badgeOf(report: ReleaseReport, now: Date): Badge {
  const days = Math.floor((now.getTime() - Date.parse(report.now)) / DAY_MS);
  const { outcome } = report.decision;
  const named = escapeText(`${outcome} ${report.version}`, 60);
  if (!(days >= 0)) {
    return { message: `${named}, dated ahead`, color: "lightgrey" };
  }
  const age = days === 0
    ? "today"
    : days === 1
    ? "1 day old"
    : `${days} days old`;
  if (days > STALE_DAYS) {
    return { message: `stale: ${named}, ${age}`, color: "lightgrey" };
  }
  return { message: `${named}, ${age}`, color: COLORS[outcome] };
}

const COLORS = {
  "go": "brightgreen",
  "no-go": "red",
  "inconclusive": "yellow",
} as const;

/** Renders JSON for a shields endpoint. */
export function renderBadgeJson(badge: Badge): string {
  return JSON.stringify({
    schemaVersion: 1,
    label: LABEL,
    message: badge.message,
    color: badge.color,
    isError: badge.color === "red",
  }) + "\n";
}

const FILLS = {
  "brightgreen": "#3c7a1f",
  "red": "#b3261e",
  "yellow": "#8a6100",
  "lightgrey": "#5c5c5c",
} as const;

const LABEL_WIDTH = 56;
const LETTER_WIDTH = 6.6;

/** Renders SVG with a title for those who cannot see it. */
export function renderBadgeSvg(badge: Badge): string {
  const message = badge.message.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
  const width = Math.ceil(badge.message.length * LETTER_WIDTH) + 12;
  const total = LABEL_WIDTH + width;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="20" role="img" aria-label="${LABEL}: ${message}">`,
    `<title>${LABEL}: ${message}</title>`,
    `<rect width="${LABEL_WIDTH}" height="20" fill="#333"/>`,
    `<rect x="${LABEL_WIDTH}" width="${width}" height="20" fill="${
      FILLS[badge.color]
    }"/>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">`,
    `<text x="${LABEL_WIDTH / 2}" y="14">${LABEL}</text>`,
    `<text x="${LABEL_WIDTH + width / 2}" y="14">${message}</text>`,
    "</g></svg>",
    "",
  ].join("\n");
}
