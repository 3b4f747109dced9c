import { useMemo } from "react";
import { Part } from "../book/Part";
import { nameOf, type Section } from "../book/readable";
import { sectionId } from "../book/readable";
import type { Reading } from "../book/useReading";
import { TieList } from "../ties/TieList";
import { TieMap } from "../ties/TieMap";
import { tiesOf } from "../ties/ties";

/** The section of the ties, for the contents. */
export const TIES: Section = { id: "ties", label: "Ties", title: null, language: null, texts: [] };

interface TiesPartProps {
  sections: readonly Section[];
  reading: Reading;
}

/** Who is tied to whom: as a map, and in words. */
export function TiesPart({ sections, reading }: TiesPartProps) {
  const pieces = useMemo(
    () =>
      sections.flatMap((section) => {
        const { piece } = section;
        return piece ? [{ ...piece.piece, role: piece.role, kind: piece.kind, name: nameOf(section), language: section.language }] : [];
      }),
    [sections],
  );
  const ties = useMemo(() => tiesOf(pieces), [pieces]);
  const go = (role: string) => reading.go(sectionId(role));
  return (
    <Part id={TIES.id} label={TIES.label} language={null} reading={reading}>
      {ties.length === 0 ? (
        <p className="quiet">No piece names another one. Name one in the text of another, and they are tied.</p>
      ) : (
        <>
          <TieMap pieces={pieces} ties={ties} onGo={go} />
          <TieList pieces={pieces} ties={ties} onGo={go} />
        </>
      )}
    </Part>
  );
}
