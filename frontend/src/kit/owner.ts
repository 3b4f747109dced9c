import { createContext, use } from "react";

/** Whom a world is said to be for where the API knows its callers by no token; undefined where it does. */
export const OwnerContext = createContext<string | undefined>(undefined);

/** The name that this page gives to callers without one. */
export const NAMELESS_OWNER = "web";

export function useOwner(): string | undefined {
  return use(OwnerContext);
}
