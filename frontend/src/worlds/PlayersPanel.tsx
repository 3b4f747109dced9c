import type { KeptWorld } from "@loresmith/jobs/library";
import { useEffect, useRef } from "react";
import { labelledPieces } from "../lore/kind";
import { useKinds } from "../registry/registry";
import type { EditableDocument } from "../editing";
import { piecePath, shareOf } from "../shared/players";
import { ShareLink } from "./ShareLink";

interface PlayersPanelProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
  onPreview: () => void;
  /** The user comes back from the preview. */
  isPreviewEnded: boolean;
}

/** What players see, in numbers; the preview; and the link for them. */
export function PlayersPanel({ document, world, onPreview, isPreviewEnded }: PlayersPanelProps) {
  const kinds = useKinds();
  const paths = ["story", "quest", ...labelledPieces(world.pieces, kinds).map(({ role }) => piecePath(role))];
  const preview = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isPreviewEnded) preview.current?.focus();
  }, [isPreviewEnded]);
  const mark = (marked: string[]) => document.change(["for_players"], marked);
  return (
    <section className="players no-print" aria-labelledby="players">
      <h2 id="players">For players</h2>
      <p role="status">{summaryOf(world)}</p>
      <p className="players__tools">
        <button type="button" className="button" ref={preview} onClick={onPreview}>
          Preview
        </button>
        <button type="button" className="button" onClick={() => mark(paths)}>
          Show everything
        </button>
        <button type="button" className="button" onClick={() => mark([])}>
          Hide everything
        </button>
      </p>
      <ShareLink world={world} onChange={(changed) => document.editor.learn(changed)} />
    </section>
  );
}

function summaryOf({ for_players: marked, pieces }: KeptWorld): string {
  const shares = Object.entries(pieces).map(([role, piece]) => shareOf(marked, role, piece));
  const parts = ["story", "quest"].filter((part) => marked.includes(part)).length + shares.filter((share) => share !== "none").length;
  const total = 2 + shares.length;
  if (parts === 0) return "Players see only the title. Mark below what they may see.";
  const some = shares.filter((share) => share === "some").length;
  return `Players see ${parts} of ${total} parts${some > 0 ? `, ${some} of them not whole` : ""}.`;
}
