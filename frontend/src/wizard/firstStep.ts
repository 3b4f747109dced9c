/** The heading of the first step. `index.html` has it too, for the time before any script runs. */
export const FIRST_STEP = {
  title: "Make a world",
  lead: "Choose a theme. You pick the people, places and things; the story follows.",
} as const;
