"use client";

import { useEffect, useState } from "react";

/** True if `value` has stayed the same for `afterMs` while `active`. */
export function useQuiet(value: unknown, afterMs: number, active: boolean): boolean {
  const [quietValue, setQuietValue] = useState<{ value: unknown } | null>(null);
  useEffect(() => {
    if (!active) return;
    const timer = setTimeout(() => setQuietValue({ value }), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs, active]);
  return active && quietValue !== null && quietValue.value === value;
}
