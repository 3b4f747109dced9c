import { useEffect, useState } from "react";

export type Shade = "system" | "light" | "dark";

const KEY = "loresmith.shade";
const NEXT: Record<Shade, Shade> = { system: "light", light: "dark", dark: "system" };

/** The colour scheme: that of the system until the user chooses light or dark. */
export function useShade(): { shade: Shade; next: () => void } {
  const [shade, setShade] = useState<Shade>(stored);
  useEffect(() => {
    apply(shade);
    store(shade);
  }, [shade]);
  return { shade, next: () => setShade(NEXT[shade]) };
}

/** Applies the stored choice, before anything is shown in the wrong colours. */
export function applyShade(): void {
  apply(stored());
}

function apply(shade: Shade): void {
  document.documentElement.style.colorScheme = shade === "system" ? "light dark" : shade;
}

function stored(): Shade {
  try {
    const given = localStorage.getItem(KEY);
    return given === "light" || given === "dark" ? given : "system";
  } catch {
    return "system";
  }
}

function store(shade: Shade): void {
  try {
    localStorage.setItem(KEY, shade);
  } catch {
    // The choice is lost when the page closes.
  }
}
