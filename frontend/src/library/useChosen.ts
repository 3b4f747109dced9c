import { useState } from "react";

/** The most pieces that a world is made of. */
export const CHOSEN_MAX = 5;

/** The pieces that the user has chosen for a world. The choice outlives a search. */
export function useChosen() {
  const [ids, setIds] = useState<readonly string[]>([]);
  return {
    ids,
    isFull: ids.length >= CHOSEN_MAX,
    toggle: (id: string) => setIds(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].slice(0, CHOSEN_MAX)),
    clear: () => setIds([]),
  };
}

export type Chosen = ReturnType<typeof useChosen>;
