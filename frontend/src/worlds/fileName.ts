/** File names that Windows, macOS and Linux accept. */

/** File systems allow 255 bytes. This leaves room for an extension and for the " (1)" of a second download. */
const MAX_BYTES = 200;
/** Invisible characters, such as joiners and variation selectors, and apostrophes, which do not end a word. */
const DROPPED = /[\p{Cf}\p{Default_Ignorable_Code_Point}'’]/gu;
/** Letters and digits, each with its marks. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** A character with its marks. */
const CHARACTER = /.\p{M}*/gu;
/** Names of Windows devices, reserved with any extension (https://learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const RESERVED = /^(con|prn|aux|nul|(com|lpt)[0-9¹²³])$/;

/** The words of the title in lower case, joined by hyphens; "world" for a title without letters. No extension. */
export function fileNameOf(title: string): string {
  const words = title.replace(DROPPED, "").toLowerCase().normalize("NFC").match(WORD) ?? [];
  const name = shortened(words.join("-")) || "world";
  return RESERVED.test(name) ? `${name}-world` : name;
}

function shortened(name: string): string {
  const encoder = new TextEncoder();
  let kept = "";
  let bytes = 0;
  for (const character of name.match(CHARACTER) ?? []) {
    bytes += encoder.encode(character).length;
    if (bytes > MAX_BYTES) break;
    kept += character;
  }
  return kept.replace(/-$/, "");
}
