// The week's events on the calendar of @event-calendar; called by templates/timeline/week.html.

const box = document.querySelector("#week");
const narrow = window.matchMedia("(width < 600px)").matches;
const TABLE_ROLES = ["row", "rowgroup", "columnheader", "rowheader", "cell", "gridcell"].map((r) => `[role=${r}]`).join();
const COLOURS = { announcement: "#14213a", urgent: "#a8121f", priority: "#8a4b00", exercise: "#434f68" };

window.EventCalendar.create(box, {
  view: narrow ? "listWeek" : "timeGridWeek",
  locale: box.dataset.language,
  firstDay: 1,
  slotMinTime: "05:00:00",
  slotMaxTime: "23:00:00",
  scrollTime: "07:00:00",
  nowIndicator: true,
  allDaySlot: true,
  height: narrow ? "auto" : "46rem",
  headerToolbar: { start: "title", center: "", end: "today prev,next" },
  buttonText: { today: box.dataset.today },
  allDayContent: box.dataset.allDay,
  noEventsContent: box.dataset.none,
  titleFormat: { day: "2-digit", month: "2-digit", year: "numeric" },
  dayHeaderFormat: { weekday: "long", day: "2-digit", month: "2-digit" },
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  listDayFormat: { weekday: "long" },
  listDaySideFormat: { day: "2-digit", month: "2-digit", year: "numeric" },
  eventSources: [{ events: load }],
  datesSet: () => queueMicrotask(say),
  eventClick: ({ event }) => {
    if (event.extendedProps.address) location.assign(event.extendedProps.address);
  },
});

/** What the calendar leaves unsaid for whoever listens to a page or walks it by keyboard. */
function say() {
  const [calendar, hours] = [box.querySelector(".ec"), box.querySelector(".ec-main")];
  // Its rows and cells stand in no table that is one: a table read wrongly is worse than days read in their order.
  for (const one of box.querySelectorAll(TABLE_ROLES)) one.removeAttribute("role");
  calendar.setAttribute("role", "group");
  calendar.setAttribute("aria-label", document.title);
  for (const way of ["prev", "next"]) box.querySelector(`.ec-button.ec-${way}`).ariaLabel = box.dataset[way];
  Object.assign(hours, { tabIndex: 0, role: "region", ariaLabel: box.querySelector(".ec-title").textContent });
}
say();

/** What touches the days on show; what lasts a day and longer stands above the hours. */
async function load({ start, end }) {
  const asked = new URLSearchParams({ start: start.toISOString(), end: end.toISOString() });
  const answer = await fetch(`${box.dataset.events}?${asked}`);
  const events = await answer.json();
  return events.map((event) => ({
    ...event,
    start: new Date(event.start),
    end: new Date(event.end),
    allDay: new Date(event.end) - new Date(event.start) >= 86_400_000,
    backgroundColor: COLOURS[event.kind],
    textColor: "#ffffff",
    extendedProps: { address: event.address },
  }));
}
