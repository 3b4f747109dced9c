const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A time from the API (ISO 8601) in the format of the reader's locale. */
export function dateText(iso: string): string {
  return FORMAT.format(new Date(iso));
}
