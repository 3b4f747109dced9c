interface MarkToggleProps {
  /** The part that it is about, for those who do not see where it stands. */
  part: string;
  state: "all" | "some" | "none";
  onToggle: () => void;
}

const WORDS = { all: "Players see it", some: "Players see some", none: "Hidden" };

/** Marks a part for players, or hides it from them. A part that is marked in part becomes marked as a whole. */
export function MarkToggle({ part, state, onToggle }: MarkToggleProps) {
  const pressed = state === "some" ? "mixed" : state === "all";
  return (
    <button
      type="button"
      className="mark"
      data-state={state}
      aria-pressed={pressed}
      aria-label={`Show ${part} to players: ${WORDS[state]}`}
      onClick={onToggle}
    >
      {WORDS[state]}
    </button>
  );
}
