import { useEffect, useState } from "react";

export type Shade = "system" | "light" | "dark";

const KEY = "loresmith.shade";
const NEXT: Record<Shade, Shade> = { system: "light", light: "dark", dark: "system" };

/** Light or dark as the system is set, until somebody says otherwise; then as they said. */
export function useShade(): { shade: Shade; next: () => void } {
  const [shade, setShade] = useState<Shade>(kept);
  useEffect(() => {
    document.documentElement.style.colorScheme = shade === "system" ? "light dark" : shade;
    keep(shade);
  }, [shade]);
  return { shade, next: () => setShade(NEXT[shade]) };
}

function kept(): Shade {
  try {
    const given = localStorage.getItem(KEY);
    return given === "light" || given === "dark" ? given : "system";
  } catch {
    return "system";
  }
}

function keep(shade: Shade): void {
  try {
    localStorage.setItem(KEY, shade);
  } catch {
    // It is asked again next time.
  }
}
