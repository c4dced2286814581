// Charts of the proof of play, and the printer; loaded by the templates in proof/. The numbers stand in the page's tables.
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

function draw(canvas) {
  const given = JSON.parse(canvas.dataset.values);
  const days = canvas.dataset.chart === "days";
  const labels = days ? Object.keys(given).map((day) => day.split("-").reverse().slice(0, 2).join("/")) : given.map((_, hour) => `${hour}h`);
  Object.assign(Chart.defaults, { color: colour("--ink-second") });
  Object.assign(Chart.defaults.font, { family: '"Be Vietnam Pro", sans-serif', size: 14 });
  new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: [{ label: canvas.dataset.label, data: Object.values(given), backgroundColor: colour("--ink"), borderRadius: 3, maxBarThickness: 44 }],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { display: false }, title: { display: true, text: canvas.dataset.label, align: "start", font: { size: 16, weight: "600" } } },
      scales: {
        x: { grid: { display: false } },
        y: { beginAtZero: true, ticks: { precision: 0 }, grid: { color: colour("--rule") }, border: { display: false } },
      },
    },
  });
}

await document.fonts.ready;
for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas);
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
