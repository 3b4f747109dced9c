import { useEffect } from "react";
import { lookOf } from "../lore/theme";

/** Applies the look of a theme to the page while the component is mounted. */
export function useLook(theme: string): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.theme = lookOf(theme);
    return () => void (dataset.theme = "plain");
  }, [theme]);
}
