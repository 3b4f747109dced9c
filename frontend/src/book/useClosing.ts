import { useEffect, useEffectEvent, type RefObject } from "react";

/**
 * Closes a list that a button opens: with Escape, which gives the focus back to that button (`aria-expanded`), and with a
 * press outside of `part`, which has both.
 */
export function useClosing(part: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  const onKey = useEffectEvent(({ key }: KeyboardEvent) => {
    if (key !== "Escape") return;
    close();
    part.current?.querySelector<HTMLElement>("[aria-expanded]")?.focus();
  });
  const onPress = useEffectEvent(({ target }: PointerEvent) => {
    if (target instanceof Node && part.current?.contains(target) === false) close();
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const keyed = (event: KeyboardEvent) => onKey(event);
    const pressed = (event: PointerEvent) => onPress(event);
    document.addEventListener("keydown", keyed);
    document.addEventListener("pointerdown", pressed);
    return () => {
      document.removeEventListener("keydown", keyed);
      document.removeEventListener("pointerdown", pressed);
    };
  }, [isOpen]);
}
