import { assertEquals, assertMatch } from "@std/assert";
import { startupPlot } from "../../../release/report/startup_plot.ts";

const TIMING = { target: "any", reference: [90, 110], artifact: [10, 20] };

Deno.test("startupPlot draws every sample, for light and dark", () => {
  const svg = startupPlot(TIMING);
  assertEquals(svg.match(/<circle /g)?.length, 4);
  assertEquals(svg.match(/<title>p(?:50|95) /g)?.length, 4);
  assertMatch(svg, /prefers-color-scheme:dark/);
  assertMatch(svg, />200<\/text>/);
  assertEquals(svg, startupPlot(TIMING));
  assertEquals(/NaN|Infinity|<script|href/.test(svg), false);
});

Deno.test("startupPlot has a scale for times of nothing", () => {
  const svg = startupPlot({ target: "any", reference: [0], artifact: [0] });
  assertEquals(/NaN|Infinity/.test(svg), false);
});

Deno.test("startupPlot draws a panel for each measure", () => {
  const svg = startupPlot({
    ...TIMING,
    requests: { reference: [100, 110], artifact: [200, 220] },
  });
  assertEquals(svg.match(/<circle /g)?.length, 8);
  assertMatch(svg, />start to exit, ms</);
  assertMatch(svg, />requests per second</);
});
