/**
 * The samples of a start-up trial as a picture (SVG 2): for each measure a row
 * of dots for each side over one scale from zero, with a mark at p50 and p95.
 * It follows the reader's light or dark scheme, and holds no script and no
 * reference to anything outside.
 *
 * @module
 */

import {
  type Measure,
  MEASURE_NAMES,
  MEASURES,
  samplesOf,
} from "../../verify/trial/measures.ts";
import {
  type PairedSamples,
  percentile,
  reached,
} from "../../verify/trial/percentile.ts";
import type { Timing } from "../../verify/trial/trial.ts";

const WIDTH = 640;
const LEFT = 90;
const RIGHT = 20;
const ROW = 60;
const TOP = 30;
const BOTTOM = 30;

const STYLE = [
  "text{font:12px system-ui,sans-serif;fill:#24292f}",
  ".reference{fill:#9a6700}",
  ".artifact{fill:#0969da}",
  "line{stroke:#57606a}",
  "@media (prefers-color-scheme:dark){",
  "text{fill:#e6edf3}",
  ".reference{fill:#d29922}",
  ".artifact{fill:#58a6ff}",
  "line{stroke:#8b949e}}",
].join("");

/** Draws the samples of one target. */
export function startupPlot(timing: Timing): string {
  const panels = MEASURE_NAMES.flatMap((measure) => {
    const samples = samplesOf(timing, measure);
    return samples === undefined ? [] : [{ measure, samples }];
  });
  const height = TOP + 2 * ROW + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${
      height * panels.length
    }" role="img">`,
    `<title>Start-up of ${timing.target}, p50 and p95 marked</title>`,
    `<style>${STYLE}</style>`,
    ...panels.flatMap(({ measure, samples }, index) => [
      `<g transform="translate(0 ${height * index})">`,
      ...panel(measure, samples),
      "</g>",
    ]),
    "</svg>\n",
  ].join("\n");
}

function panel(measure: Measure, samples: PairedSamples): string[] {
  const sides = ["reference", "artifact"] as const;
  const { words, better } = MEASURES[measure];
  const most = Math.max(...sides.map((side) => percentile(samples[side], 1)));
  const scale = niceScale(most);
  const x = (value: number) =>
    (LEFT + (WIDTH - LEFT - RIGHT) * value / scale).toFixed(1);
  const bottom = TOP + ROW * sides.length;
  const rows = sides.flatMap((side, row) => {
    const middle = TOP + ROW * row + ROW / 2;
    return [
      `<text x="8" y="${middle + 4}">${side}</text>`,
      ...samples[side].map((value, index) =>
        // Spread over five lines, so that equal figures stay visible.
        `<circle class="${side}" cx="${x(value)}" cy="${
          middle - 10 + 5 * (index % 5)
        }" r="2" fill-opacity="0.6"/>`
      ),
      ...([["p50", 0.5], ["p95", 0.95]] as const).map(([name, share]) => {
        const at = reached(samples[side], share, better);
        return `<line x1="${x(at)}" x2="${x(at)}" y1="${middle - 18}" y2="${
          middle + 18
        }"><title>${name} ${at.toFixed(2)}</title></line>`;
      }),
    ];
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    `<text x="${x(share * scale)}" y="${
      bottom + 16
    }" text-anchor="middle">${+(share * scale).toPrecision(3)}</text>`
  );
  return [
    `<text x="8" y="18">${words}</text>`,
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    ...rows,
    ...ticks,
  ];
}

/** The next of 1, 2, 4 and 10 times a power of ten. */
function niceScale(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([1, 2, 4, 10].find((step) => step * power >= most) ?? 10);
}
