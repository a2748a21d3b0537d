/** A chart that fills its place, drawn anew when what it shows changes, or the theme. */
import type { ECharts } from "echarts/core";
import { onBeforeUnmount, onMounted, useTemplateRef, watch } from "vue";
import { init } from "@/charts/plot";
import { theme } from "@/ui/theme";

/** Reads a colour of the present theme by its name. */
export type Ink = (name: string) => string;

/** Puts a chart into the element with `ref="chart"`; `draw` is called then and whenever `shown` gives something else. */
export function useChart(shown: () => unknown[], draw: (chart: ECharts, ink: Ink) => void): void {
  const host = useTemplateRef<HTMLElement>("chart");
  let chart: ECharts | null = null;
  let watching: ResizeObserver | null = null;

  function drawIt(): void {
    const style = getComputedStyle(document.documentElement);
    if (chart !== null) draw(chart, (name) => style.getPropertyValue(name).trim());
  }

  onMounted(() => {
    if (host.value === null) return;
    chart = init(host.value);
    watching = new ResizeObserver(() => chart?.resize());
    watching.observe(host.value);
    drawIt();
  });
  watch(() => [...shown(), theme.value], drawIt, { flush: "post" });
  onBeforeUnmount(() => {
    watching?.disconnect();
    chart?.dispose();
  });
}
