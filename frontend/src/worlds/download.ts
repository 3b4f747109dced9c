/** Firefox and Safari read the address only after the click, which may take seconds for a large file on a slow machine. */
const ADDRESS_KEPT_MS = 60_000;

/** Let the user download a file. */
export function download(fileName: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_KEPT_MS);
}
