import { useEffect } from "react";
import { lookOf } from "../lore/theme";

/** The page looks like this theme while the caller is shown. */
export function useLook(theme: string): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.theme = lookOf(theme);
    return () => void (dataset.theme = "plain");
  }, [theme]);
}
