import { useDraft } from "../draft/DraftProvider";
import { ADDRESS, navigate } from "../kit/route";
import { Choices, useStartOver, type ChoiceJobs } from "../wizard/Choices";

/** A button to make the next world, below the world that was just made. */
export function Another({ worldId }: { worldId: string }) {
  const { draft } = useDraft();
  return draft.worldId === worldId && <Choices>{(choices) => <StartAnother choices={choices} />}</Choices>;
}

function StartAnother({ choices }: { choices: ChoiceJobs }) {
  const startOver = useStartOver(choices);
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
