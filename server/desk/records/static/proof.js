/** Charts of the proof of play, and the print button; loaded by templates/proof/. The page's tables hold the numbers. */

const style = getComputedStyle(document.documentElement);
/** @param {string} name of a custom property */
const colour = (name) => style.getPropertyValue(name).trim();

/**
 * @param {HTMLCanvasElement & {dataset: {values: string, label: string}}} canvas `data-chart` "days": values by ISO
 *   date; else: a list of values by hour
 */
function draw(canvas) {
  /** @type {Record<string, number> | number[]} */
  const values = JSON.parse(canvas.dataset.values);
  const labels = Array.isArray(values)
    ? values.map((_, hour) => `${hour}h`)
    : Object.keys(values).map((day) => day.split("-").reverse().slice(0, 2).join("/"));
  Object.assign(Chart.defaults, { color: colour("--ink-second") });
  Object.assign(Chart.defaults.font, { family: '"Be Vietnam Pro", sans-serif', size: 14 });
  new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: [
        {
          label: canvas.dataset.label,
          data: Object.values(values),
          backgroundColor: colour("--ink"),
          borderRadius: 3,
          maxBarThickness: 44,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: {
        legend: { display: false },
        title: {
          display: true,
          text: canvas.dataset.label,
          align: "start",
          font: { size: 16, weight: "600" },
        },
      },
      scales: {
        x: { grid: { display: false } },
        y: {
          beginAtZero: true,
          ticks: { precision: 0 },
          grid: { color: colour("--rule") },
          border: { display: false },
        },
      },
    },
  });
}

await document.fonts.ready;
/** @type {NodeListOf<Parameters<typeof draw>[0]>} */
const canvases = document.querySelectorAll("canvas[data-chart]");
for (const canvas of canvases) draw(canvas);
for (const button of document.querySelectorAll("[data-print]"))
  button.addEventListener("click", () => print());
