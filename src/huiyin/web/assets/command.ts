// Draws the days of the command centre so that each says its figure under the pointer and opens its
// list. The drawing of the server stays where this does not run; the table has every figure.
import { LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkPointComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, MarkAreaComponent, MarkPointComponent, TooltipComponent, CanvasRenderer]);

interface Day {
  words: string;
  count: number;
  url: string;
  isWeekend: boolean;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function daysOf(table: HTMLTableElement): Day[] {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-day]")];
  return rows.reverse().map((row) => ({
    words: row.querySelector("th")?.textContent?.trim() ?? "",
    count: Number(row.dataset.n),
    url: row.querySelector("a")?.href ?? "",
    isWeekend: row.dataset.weekend !== undefined,
  }));
}

/** Pairs of neighbours that are both days off, as areas behind the line. */
function weekends(days: Day[]): [{ xAxis: number }, { xAxis: number }][] {
  return days.flatMap((day, at) =>
    day.isWeekend ? [[{ xAxis: Math.max(at - 0.5, 0) }, { xAxis: Math.min(at + 0.5, days.length - 1) }] as [{ xAxis: number }, { xAxis: number }]] : [],
  );
}

function draw(drawn: SVGElement, table: HTMLTableElement): void {
  const days = daysOf(table);
  const last = days.length - 1;
  if (last < 7) return;
  const place = document.createElement("div");
  place.className = "chart";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", drawn.getAttribute("aria-label") ?? "");
  drawn.before(place);
  const chart = init(place, null, { renderer: "canvas" });
  const ink = token("--ink");
  const quiet = token("--ink-2");
  const font = { fontFamily: token("--font"), fontSize: 13 };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({
    animation: !calm,
    animationDuration: 180,
    textStyle: font,
    grid: { left: 8, right: 64, top: 34, bottom: 24 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: token("--surface"),
      borderColor: token("--edge"),
      textStyle: { color: ink, ...font },
      formatter: (shown: unknown) => {
        const at = (Array.isArray(shown) ? shown[0] : shown) as { value: [number, number] };
        const day = days[at.value[0]];
        return day ? `${day.words}\n${day.count} ${drawn.dataset.words ?? ""}` : "";
      },
      axisPointer: { lineStyle: { color: token("--indigo") } },
    },
    xAxis: {
      type: "value",
      min: 0,
      max: last,
      interval: last,
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        color: quiet,
        ...font,
        alignMinLabel: "left",
        formatter: (at: number) => days[at]?.words.replace(/[（,].*$/, "") ?? "",
      },
    },
    yAxis: { type: "value", min: 0, show: false },
    series: [
      {
        type: "line",
        data: days.map((day, at) => [at, day.count]),
        symbol: "circle",
        symbolSize: 5,
        showSymbol: false,
        lineStyle: { color: quiet, width: 2 },
        itemStyle: { color: token("--indigo") },
        markArea: { silent: true, itemStyle: { color: token("--sunken") }, data: weekends(days) },
        markPoint: {
          silent: true,
          animation: false,
          symbol: "circle",
          data: [
            point(last - 7, days, quiet, { position: "top", color: quiet, backgroundColor: token("--paper"), padding: [1, 3], ...font }, drawn.querySelector("text.quiet")?.textContent ?? ""),
            point(last, days, token("--persimmon-mark"), { position: "right", color: ink, fontWeight: 600, ...font }, String(days[last]?.count ?? 0)),
          ],
        },
      },
    ],
  });
  chart.getZr().on("click", (event) => {
    const [at] = chart.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]) as number[];
    const day = days[Math.round(at ?? -1)];
    if (day?.url) location.assign(day.url);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  drawn.setAttribute("hidden", "");
  drawn.classList.add("replaced");
  place.dataset.ready = "yes";
}

function point(at: number, days: Day[], color: string, label: object, words: string): object {
  return {
    coord: [at, days[at]?.count ?? 0],
    symbolSize: 9,
    itemStyle: { color },
    label: { show: true, formatter: words, ...label },
  };
}

const drawn = document.querySelector<SVGElement>(".days [data-chart]");
const table = document.querySelector<HTMLTableElement>("[data-days]");
if (drawn && table) draw(drawn, table);
