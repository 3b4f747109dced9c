import { useEffect, useId, useRef, type ReactNode } from "react";
import "./dialog.css";

interface DialogProps {
  title: string;
  /** The user has closed it with Escape or the button. */
  onClose: () => void;
  children: ReactNode;
  /** The label of the button that closes it. */
  closeLabel?: string;
}

/** A dialog above the page, shown while it is mounted. The browser keeps the focus in it, and gives it back afterwards. */
export function Dialog({ title, onClose, children, closeLabel = "Close" }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog) showModal(dialog);
    return () => {
      if (dialog?.open && "close" in dialog) dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <button type="button" className="button dialog__close" onClick={onClose}>
        {closeLabel}
      </button>
    </dialog>
  );
}

/** jsdom has no modal dialogs. */
function showModal(dialog: HTMLDialogElement): void {
  if ("showModal" in dialog) dialog.showModal();
  else (dialog as HTMLDialogElement).setAttribute("open", "");
}
