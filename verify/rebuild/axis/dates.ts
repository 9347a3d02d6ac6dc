/**
 * A day as text: the forms that builds write, such as those of ISO 8601,
 * RFC 2822, `__DATE__` and date(1).
 *
 * @module
 */

const DAY_MS = 86_400_000;
const WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * Forms of one day. Days before and after are included, for zones other than
 * UTC.
 *
 * @param ms Since 1970.
 */
export function datesAround(ms: number): string[] {
  return [-1, 0, 1].flatMap((days) => {
    const date = new Date(ms + days * DAY_MS);
    const [year = "", month = "", day = ""] = date.toISOString().slice(0, 10)
      .split("-");
    const name = MONTHS[date.getUTCMonth()] ?? "";
    const padded = String(date.getUTCDate()).padStart(2);
    return [
      `${year}-${month}-${day}`,
      `${year}${month}${day}`,
      `${year}/${month}/${day}`,
      // ISO C 6.10.8.1: __DATE__ pads the day with a space.
      `${name} ${padded} ${year}`,
      // asctime(3) and date(1).
      `${WEEKDAYS[date.getUTCDay()]} ${name} ${padded} `,
      `${day} ${name} ${year}`,
    ];
  });
}
