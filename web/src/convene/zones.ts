/**
 * Time zones as people give them: IANA names, known to this browser. A wall clock's reading in a zone
 * and the moment it means.
 */

/** As `<input type="datetime-local">` gives it. */
const READING = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The zone of this machine. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What can be chosen from, the own zone first. */
export function allZones(): string[] {
  return [...new Set([ownZone(), ...Intl.supportedValuesOf('timeZone'), 'UTC'])];
}

/** The name as it is written, whatever capitals and blanks were typed, or only the city; `null` if there is no such zone. */
export function zoneCalled(text: string): string | null {
  const name = text.trim().replace(/\s+/g, '_');
  // Offsets such as `+02:00` are understood by some browsers; they are no place and miss its summer time.
  if (!/^[a-z]/i.test(name)) return null;
  const typed = name.toLowerCase();
  const zones = allZones();
  const known = zones.find((zone) => zone.toLowerCase() === typed);
  if (known !== undefined) return known;
  const cities = zones.filter((zone) => zone.toLowerCase().endsWith(`/${typed}`));
  if (cities.length === 1) return cities[0] ?? null;
  try {
    // Older and newer names of a zone (Europe/Kiev, Europe/Kyiv) are not in the list of all.
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name.includes('/') ? name.split('/').map(capital).join('/') : name.toUpperCase();
  } catch {
    return null;
  }
}

/** `2026-12-01T15:00` in `zone`; empty for a moment no clock shows. */
export function readingOf(ms: number, zone: string): string {
  if (Number.isNaN(new Date(ms).getTime())) return '';
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).formatToParts(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

/**
 * The moment at which clocks in `zone` show `reading`; the first of two when they are set back; `null`
 * when they never do, being set forward over it, or if it is no reading.
 */
export function momentOf(reading: string, zone: string): number | null {
  const asUtc = READING.test(reading) ? Date.parse(`${reading}Z`) : NaN;
  if (Number.isNaN(asUtc)) return null;
  // No zone is further than this from UTC, nor changes twice within two days.
  const offsets = [-1, 1].map((side) => offsetAt(asUtc + side * 86_400_000, zone));
  const found = offsets.map((offset) => asUtc - offset).filter((ms) => readingOf(ms, zone) === reading.slice(0, 16));
  return found.length === 0 ? null : Math.min(...found);
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(ms: number, zone: string): number {
  return Date.parse(`${readingOf(ms, zone)}Z`) - Math.floor(ms / 60_000) * 60_000;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
