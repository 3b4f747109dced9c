/** The themes with their own look (`style/themes.css`). Any other text is a theme too; it has the plain look. */

export interface Theme {
  /** The `theme` in payloads, and the name of the look. */
  value: string;
  label: string;
  tagline: string;
}

export const THEMES: readonly [Theme, ...Theme[]] = [
  { value: "fantasy", label: "Fantasy", tagline: "Old woods, older promises" },
  { value: "norse-mythology", label: "Norse mythology", tagline: "Salt, iron and fate" },
  { value: "cyberpunk", label: "Cyberpunk", tagline: "Rain on neon, debts in chrome" },
  { value: "steampunk", label: "Steampunk", tagline: "Brass, pressure, polite treason" },
  { value: "post-apocalyptic", label: "Post-apocalyptic", tagline: "What grows in the ruins" },
];

export const TONES: readonly string[] = ["hopeful", "grim", "whimsical", "mysterious", "epic"];

export function lookOf(theme: string): string {
  return THEMES.some(({ value }) => value === theme) ? theme : "plain";
}

export function themeLabel(theme: string): string {
  return THEMES.find(({ value }) => value === theme)?.label ?? theme;
}
