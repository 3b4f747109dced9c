/** Reads a zip file: its central directory (APPNOTE.TXT 4.3.12) and the files that it lists. */

import { inflateRawSync } from "node:zlib";

const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;

/** The names of the files in the zip. Throws if it is not a zip file. */
export function namesInZip(zip: Buffer): string[] {
  return [...textsInZip(zip).keys()];
}

/** The files in the zip as text, by their names. Throws if it is none, or if a file cannot be unpacked. */
export function textsInZip(zip: Buffer): Map<string, string> {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new Error("This is no zip file.");
  const texts = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error("The directory of the zip file is broken.");
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [number, number, number];
    texts.set(zip.toString("utf8", at + 46, at + 46 + name), unpacked(zip, at).toString("utf8"));
    at += 46 + name + extra + comment;
  }
  return texts;
}

/** The file that the entry at this place of the directory describes. */
function unpacked(zip: Buffer, entry: number): Buffer {
  const header = zip.readUInt32LE(entry + 42);
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const packed = zip.subarray(begin, begin + zip.readUInt32LE(entry + 20));
  return zip.readUInt16LE(entry + 10) === STORED ? packed : inflateRawSync(packed);
}
