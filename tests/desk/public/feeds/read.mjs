// Reads a feed, a JSON feed and a calendar from stdin by readers of others, and prints what they have understood.
import { readFileSync } from "node:fs";
import { parseAtomFeed, parseFeed, parseJsonFeed } from "feedsmith";
import ICAL from "ical.js";

const given = JSON.parse(readFileSync(0, "utf8"));
const calendar = new ICAL.Component(ICAL.parse(given.calendar));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

console.log(
  JSON.stringify({
    detected: parseFeed(given.atom).format,
    atom: parseAtomFeed(given.atom),
    json: parseJsonFeed(given.json),
    calendar: {
      name: calendar.getFirstPropertyValue("name"),
      refresh: calendar.getFirstPropertyValue("refresh-interval").toSeconds(),
      events: calendar.getAllSubcomponents("vevent").map((component) => {
        const event = new ICAL.Event(component);
        return {
          uid: event.uid,
          summary: event.summary,
          sequence: event.sequence,
          status: component.getFirstPropertyValue("status"),
          wholeDay: event.startDate.isDate,
          start: event.startDate.toJSDate().toISOString(),
          end: event.endDate.toJSDate().toISOString(),
          seconds: event.duration.toSeconds(),
          url: component.getFirstPropertyValue("url"),
        };
      }),
    },
  }),
);
