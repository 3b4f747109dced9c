import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Keeps the focus in a part of the page whose content changes with `state`: a button that goes, as its work begins or
 * ends, would leave it nowhere. Answers the ref of that part, which must have a tabIndex.
 */
export function useKeptFocus(state: unknown): RefObject<HTMLDivElement | null> {
  const part = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    // An element that is removed loses the focus without a word: what counts is where it was last.
    const heard = ({ target }: FocusEvent) => {
      hadFocus.current = target instanceof Node && (part.current?.contains(target) ?? false);
    };
    document.addEventListener("focusin", heard);
    return () => document.removeEventListener("focusin", heard);
  }, []);
  useLayoutEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) part.current?.focus({ preventScroll: true });
  }, [state]);
  return part;
}
