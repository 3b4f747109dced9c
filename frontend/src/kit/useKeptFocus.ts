import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Keeps the focus in a part of the page whose content changes with `state`. Without this, a focused button that disappears
 * would take the focus with it. Returns the ref of that part, which must have a tabIndex.
 */
export function useKeptFocus(state: unknown): RefObject<HTMLDivElement | null> {
  const part = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    // An element that is removed loses the focus without an event, so remember where the focus was last.
    const onFocusIn = ({ target }: FocusEvent) => {
      hadFocus.current = target instanceof Node && (part.current?.contains(target) ?? false);
    };
    document.addEventListener("focusin", onFocusIn);
    return () => document.removeEventListener("focusin", onFocusIn);
  }, []);
  useLayoutEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) part.current?.focus({ preventScroll: true });
  }, [state]);
  return part;
}
