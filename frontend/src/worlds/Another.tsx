import { useDraft, useStartOver } from "../draft/DraftProvider";
import { ADDRESS, navigate } from "../kit/route";

/** A button to make the next world, below the world that was just made. */
export function Another({ worldId }: { worldId: string }) {
  const { draft } = useDraft();
  const { startOver } = useStartOver();
  if (draft.worldId !== worldId) return null;
  const start = () => {
    startOver();
    navigate(ADDRESS.wizard);
  };
  return (
    <p className="world-end no-print">
      <button type="button" className="button button--main" onClick={start}>
        Make another world
      </button>
    </p>
  );
}
