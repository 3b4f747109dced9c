"use client";

import { useInsertionEffect, useRef } from "react";

/** A reference to the value of the last render, for a function that is called later. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
