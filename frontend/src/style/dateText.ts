const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A time of the API's (ISO 8601), as the reader writes it. */
export function dateText(iso: string): string {
  return FORMAT.format(new Date(iso));
}
