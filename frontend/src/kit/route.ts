/** The addresses of the pages. They follow the #, so that they work on any static server. */

import { useSyncExternalStore } from "react";

export type Route =
  | { page: "wizard" }
  | { page: "worlds" }
  | { page: "world"; worldId: string }
  | { page: "jobs" }
  | { page: "notFound" };

export const ADDRESS = { wizard: "#/", worlds: "#/worlds", jobs: "#/jobs" } as const;

export function worldAddress(worldId: string): string {
  return `${ADDRESS.worlds}/${encodeURIComponent(worldId)}`;
}

export function routeOf(hash: string): Route {
  const [first = "", second, ...rest] = hash.replace(/^#?\/?/, "").split("/");
  if (rest.length > 0) return { page: "notFound" };
  if (first === "worlds" && second) return worldRoute(second);
  if (second) return { page: "notFound" };
  if (first === "") return { page: "wizard" };
  return first === "worlds" || first === "jobs" ? { page: first } : { page: "notFound" };
}

function worldRoute(encoded: string): Route {
  try {
    return { page: "world", worldId: decodeURIComponent(encoded) };
  } catch {
    return { page: "notFound" };
  }
}

export function navigate(address: string): void {
  window.location.hash = address;
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => window.location.hash));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
