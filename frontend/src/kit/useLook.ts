import { useEffect } from "react";
import { lookOf } from "../lore/theme";

/** Gives the page the look of this theme while the component is shown. */
export function useLook(theme: string): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.theme = lookOf(theme);
    return () => void (dataset.theme = "plain");
  }, [theme]);
}
