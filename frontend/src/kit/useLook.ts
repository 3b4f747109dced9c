import { useEffect } from "react";
import { lookOf } from "../lore/theme";

/** Applies the look of a theme to the page while the component is mounted. */
export function useLook(theme: string): void {
  useEffect(() => {
    applyLook(theme);
    return () => applyLook("");
  }, [theme]);
}

/** Applies the look of a theme until another one is applied; "" for the plain look. */
export function applyLook(theme: string): void {
  document.documentElement.dataset.theme = lookOf(theme);
}
