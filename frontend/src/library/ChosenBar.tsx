import { useState } from "react";
import { useDocument } from "../editing";
import { attributesOf } from "../lore/language";
import { CHOSEN_MAX, type Chosen } from "./useChosen";
import { WorldDialog } from "./WorldDialog";

/** The chosen pieces, and the button that has a world made of them. It stays at the bottom of the window. */
export function ChosenBar({ chosen }: { chosen: Chosen }) {
  const [isOpen, setOpen] = useState(false);
  const { ids } = chosen;
  if (ids.length === 0) return null;
  return (
    <section className="chosen-bar" aria-label="Pieces for a world">
      <div className="chosen-bar__inner">
        <button type="button" className="button button--quiet" onClick={chosen.clear}>
          Clear
        </button>
        <p className="chosen-bar__names">
          {ids.length} of {CHOSEN_MAX}: {ids.map((id, index) => <ChosenName key={id} id={id} isFirst={index === 0} />)}
        </p>
        <button type="button" className="button button--main" onClick={() => setOpen(true)}>
          Make a world
        </button>
      </div>
      {isOpen && <WorldDialog ids={ids} onClose={() => setOpen(false)} />}
    </section>
  );
}

function ChosenName({ id, isFirst }: { id: string; isFirst: boolean }) {
  const { shown } = useDocument("pieces", id, { isRead: false });
  return (
    <>
      {!isFirst && ", "}
      <span {...attributesOf(shown?.language)}>{shown?.name}</span>
    </>
  );
}
