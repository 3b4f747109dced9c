import { createContext, use } from "react";

/** Whom a world is for if the API knows no callers; undefined if a token says who calls. */
export const OwnerContext = createContext<string | undefined>(undefined);

/** The name for a caller without a token. */
export const NAMELESS_OWNER = "web";

export function useOwner(): string | undefined {
  return use(OwnerContext);
}
