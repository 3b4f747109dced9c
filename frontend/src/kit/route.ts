/** The addresses of the pages. They follow the #, so that they work on any static server. */

import { useSyncExternalStore } from "react";

/** Page → its address. A part that starts with ":" stands for any text. `app/pages.tsx` says what each address shows. */
export const ADDRESS = {
  wizard: "#/",
  worlds: "#/worlds",
  world: "#/worlds/:worldId",
  library: "#/library",
  piece: "#/library/:pieceId",
  jobs: "#/jobs",
  history: "#/history",
  job: "#/jobs/:jobId",
  jobPiece: "#/jobs/:jobId/:place",
  shared: "#/shared/:token",
} as const;

export function pieceAddress(pieceId: string): string {
  return ADDRESS.piece.replace(":pieceId", encodeURIComponent(pieceId));
}

export function worldAddress(worldId: string): string {
  return ADDRESS.world.replace(":worldId", encodeURIComponent(worldId));
}

/** The address that shows a world to players. */
export function sharedAddress(token: string): string {
  return ADDRESS.shared.replace(":token", encodeURIComponent(token));
}

/** The page of a job; with `place`, at the piece with this index. */
export function jobAddress(jobId: string, place?: number): string {
  const address = place === undefined ? ADDRESS.job : ADDRESS.jobPiece.replace(":place", `${place}`);
  return address.replace(":jobId", encodeURIComponent(jobId));
}

/** The parts of an address that vary: `{ worldId: string }` for "#/worlds/:worldId". */
export type RouteParameters<A extends string> = A extends `${infer First}/${infer Rest}`
  ? RouteParameters<First> & RouteParameters<Rest>
  : A extends `:${infer Name}`
    ? Record<Name, string>
    : unknown;

/** The parts that vary; null if the hash is not of this address. An empty hash is the address of the wizard. */
export function match(address: string, hash: string): Record<string, string> | null {
  const wanted = partsOf(address);
  const given = partsOf(hash);
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const text = decoded(given[at] ?? "");
    if (part.startsWith(":") && text) found[part.slice(1)] = text;
    else if (part !== given[at]) return null;
  }
  return found;
}

/** The first part: two addresses with the same one belong to the same link of the navigation. */
export function sectionOf(address: string): string {
  return partsOf(address)[0] ?? "";
}

function partsOf(address: string): string[] {
  return address.replace(/^#?\/?/, "").split("/");
}

/** null if the text is not a valid part of an address. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function navigate(address: string): void {
  window.location.hash = address;
}

/** The part of the page's address from the # on. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
