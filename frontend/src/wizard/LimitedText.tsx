import { useRegistry } from "../registry/registry";

interface Limit {
  /** The field of the payload. */
  field: string;
  text: string;
}

/** How many characters the text has too many; 0 if it fits. The API counts characters, and JavaScript counts some twice. */
export function excess(text: string, most: number | undefined): number {
  return most === undefined ? 0 : Math.max(0, lengthOf(text) - most);
}

function lengthOf(text: string): number {
  return Array.from(text.trim()).length;
}

/** The attributes of a text field with a limit. Nothing is cut: `LengthNote` says what is too much. */
export function useLimit({ field, text }: Limit) {
  const most = useRegistry().lengthMax(field);
  const isTooLong = excess(text, most) > 0;
  return { "aria-invalid": isTooLong || undefined, "aria-describedby": noteId(field) };
}

/** The length of the text, once most of its limit is used up, or always. */
export function LengthNote({ field, text, isShown = false }: Limit & { isShown?: boolean }) {
  const most = useRegistry().lengthMax(field);
  const over = excess(text, most);
  const length = lengthOf(text);
  const isNear = most !== undefined && (isShown || length > most * 0.8);
  return (
    <span className="length-note" id={noteId(field)} data-over={over > 0} role={over > 0 ? "alert" : undefined}>
      {isNear && `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`}
      {over > 0 && `: ${over.toLocaleString("en")} too many`}
      {isNear && "."}
    </span>
  );
}

function noteId(field: string): string {
  return `${field}-length`;
}
