import { createContext, use } from "react";

/** Who a world is for if the API has no tokens; undefined if the API has tokens: the token identifies the caller. */
export const OwnerContext = createContext<string | undefined>(undefined);

/** The owner if there is no bearer token. */
export const DEFAULT_OWNER = "web";

export function useOwner(): string | undefined {
  return use(OwnerContext);
}
