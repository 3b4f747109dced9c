import { useEffect, useRef, type ReactNode, type RefObject } from "react";
import { usePress } from "../kit/usePress";
import { attributesOf } from "../lore/language";
import { headingId, type Reading } from "./useReading";

interface PartProps {
  id: string;
  /** What it is: "Character". */
  label: string;
  /** The heading. Without one, the label is the heading. */
  title?: ReactNode;
  language: string | null | undefined;
  emblem?: ReactNode;
  /** The start of the text, or what it is about. Shown while the part is closed. */
  brief?: string;
  reading: Reading;
  /** Beside the heading, open or closed. */
  marks?: ReactNode;
  children: ReactNode;
}

/**
 * A part of a world that can be closed. Its text can be selected, open or closed. The browser's own search finds closed
 * text too, and opens it.
 */
export function Part({ id, label, title, language, emblem, brief, reading, marks, children }: PartProps) {
  const isOpen = reading.isOpen(id);
  const setOpen = (next: boolean) => reading.setOpen(id, next);
  const head = usePress<HTMLDivElement>(() => !isOpen && setOpen(true));
  const body = useHiddenUntilFound(isOpen, () => setOpen(true));
  const written = attributesOf(language);
  return (
    <section className="part" data-kind={emblem === undefined ? "text" : "piece"} id={id} aria-labelledby={headingId(id)} data-open={isOpen}>
      <div className="part__head" ref={head}>
        {emblem}
        <div className="part__names">
          {title !== undefined && <p className="part__label">{label}</p>}
          <h2 id={headingId(id)} tabIndex={-1} {...(title === undefined ? {} : written)}>
            {title ?? label}
          </h2>
        </div>
        {marks}
        <button type="button" className="part__toggle" aria-expanded={isOpen} aria-controls={`${id}-body`} aria-labelledby={headingId(id)} onClick={() => setOpen(!isOpen)} />
        {!isOpen && brief && (
          <p className="part__brief" {...written}>
            {brief}
          </p>
        )}
      </div>
      <div className="part__body" id={`${id}-body`} ref={body}>
        {children}
      </div>
    </section>
  );
}

/** React does not know `hidden="until-found"`. A browser that does not either hides the element. */
function useHiddenUntilFound(isOpen: boolean, open: () => void): RefObject<HTMLDivElement | null> {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    if (isOpen) element.removeAttribute("hidden");
    else element.setAttribute("hidden", "until-found");
    element.addEventListener("beforematch", open);
    return () => element.removeEventListener("beforematch", open);
  });
  return body;
}
