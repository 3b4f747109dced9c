import { useEffect, useEffectEvent, useRef, type RefObject } from "react";

const CONTROLS = "a, button, input, label, select, summary, textarea";

/**
 * Calls `onPress` for a click anywhere in an element, except on its controls, and except if the user has just selected
 * text. Returns the element's ref. The element is no control itself: a control in it must do the same for the keyboard.
 */
export function usePress<E extends HTMLElement>(onPress: () => void): RefObject<E | null> {
  const element = useRef<E>(null);
  const press = useEffectEvent(({ target }: MouseEvent) => {
    const isControl = target instanceof Element && target.closest(CONTROLS) !== null;
    if (!isControl && window.getSelection()?.isCollapsed !== false) onPress();
  });
  useEffect(() => {
    const found = element.current;
    const onClick = (event: MouseEvent) => press(event);
    found?.addEventListener("click", onClick);
    return () => found?.removeEventListener("click", onClick);
  }, []);
  return element;
}
