/** What the owner of a world does with its page: read it, change it, or choose what players see. */
export type Mode = "read" | "edit" | "players";

export const MODES: readonly { mode: Mode; label: string }[] = [
  { mode: "read", label: "Read" },
  { mode: "edit", label: "Edit" },
  { mode: "players", label: "Players" },
];
