import { useEffect } from "react";
import { useDesk } from "./EditingProvider";

/** Ctrl+Z (Cmd+Z on a Mac) takes back the last saved change, except in a text field, where it belongs to the browser. */
export function useUndoKey(): void {
  const desk = useDesk();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
      if (isUndo && !isTextField(event.target) && desk.undo() !== null) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [desk]);
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("textarea, select, input:not([type='checkbox'], [type='radio']), [contenteditable]");
}
