interface MarkToggleProps {
  /** The part that it is about, for those who do not see where it stands. */
  part: string;
  state: "all" | "some" | "none";
  onToggle: () => void;
}

const WORDS = { all: "Players see it", some: "Players see some", none: "Hidden" };

/** Marks a part for players, or hides it from them. A part that is marked in part becomes marked as a whole. */
export function MarkToggle({ part, state, onToggle }: MarkToggleProps) {
  return (
    <button type="button" className="mark" data-state={state} aria-pressed={state === "some" ? "mixed" : state === "all"} onClick={onToggle}>
      <span className="visually-hidden">Show {part} to players: </span>
      {WORDS[state]}
    </button>
  );
}
