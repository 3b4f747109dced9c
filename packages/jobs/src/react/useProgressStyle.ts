"use client";

import { useInsertionEffect } from "react";
import { PROGRESS_STYLE, STYLE_MARKER } from "./progressStyle.js";

/**
 * Adds the style to the page once, unless it is there. It comes first in the head, so that the rules of the application
 * win over rules with the same specificity.
 */
export function useProgressStyle(): void {
  useInsertionEffect(() => {
    if (getComputedStyle(document.documentElement).getPropertyValue(STYLE_MARKER) !== "") return;
    const style = document.createElement("style");
    style.textContent = PROGRESS_STYLE;
    document.head.prepend(style);
  }, []);
}
