/* The last hour of one campaign: occupancy and abandon rate, minute by minute, in the colours of the stylesheet. */
"use strict";
(() => {
  const place = document.querySelector("#chart");
  if (!place || typeof uPlot === "undefined") return;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const share = (digits) => (_plot, value) => (value === null || value === undefined ? "-" : `${(value * 100).toFixed(digits)} %`);
  const columns = () => JSON.parse(document.querySelector("#series").dataset.series);
  let plot = null;

  const draw = () => {
    plot?.destroy();
    const axis = (scale, digits, side) => ({
      scale, side, stroke: colour("--quiet"), grid: { stroke: colour("--line"), show: side === 3 }, size: 56,
      values: (_plot, ticks) => ticks.map((tick) => `${(tick * 100).toFixed(digits)} %`),
    });
    plot = new uPlot({
      width: place.clientWidth, height: 220, tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "Etc/UTC"),
      scales: { occupancy: { range: [0, 1] }, abandonment: { range: (_plot, _low, high) => [0, Math.max(0.06, high || 0)] } },
      axes: [{ stroke: colour("--quiet"), grid: { stroke: colour("--line") }, values: "{HH}:{mm}" }, axis("occupancy", 0, 3), axis("abandonment", 1, 1)],
      series: [
        { label: "UTC", value: "{HH}:{mm}" },
        { label: "Occupancy", scale: "occupancy", stroke: colour("--spark"), width: 2, value: share(0) },
        { label: "Abandon rate", scale: "abandonment", stroke: colour("--limit"), width: 2, dash: [6, 3], value: share(1) },
      ],
    }, columns(), place);
  };

  draw();
  document.addEventListener("htmx:after:swap", () => plot?.setData(columns()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: 220 })).observe(place);
})();
