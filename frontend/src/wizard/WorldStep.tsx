import { useOwner } from "../kit/owner";
import { navigate, worldAddress } from "../kit/route";
import { useDraft } from "../draft/DraftProvider";
import { pickedPiece, picksOf, type Draft, type Step } from "../draft/draft";
import { worldRequest } from "../draft/request";
import { estimateText, JobProgressSpinner, useEstimate, useJobPolling, type JobPolling } from "../jobs";
import { conceptOf } from "../lore/detail";
import { capitalized } from "../lore/kind";
import { attributesOf } from "../lore/language";
import { paragraphsOf } from "../lore/paragraphs";
import { useKinds, useRegistry } from "../registry/registry";
import { ActionBar, HINT_ID } from "./ActionBar";
import { Blank } from "./Blank";
import { StepHeading } from "./StepHeading";
import { useKeptFocus } from "./useKeptFocus";
import "./worldStep.css";

interface WorldStepProps {
  onBack: () => void;
  onGo: (step: Step) => void;
  onStartOver: () => void;
}

/** The last step: review the choices, and have the world written. */
export function WorldStep({ onBack, onGo, onStartOver }: WorldStepProps) {
  const { draft } = useDraft();
  const { polling, estimate, create } = useCreateWorld();
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  const keptFocus = useKeptFocus(isShown);
  const { worldId } = draft;
  return (
    <>
      <div className="step-top">
        <StepHeading title="Your world" lead={leadOf(polling.isPolling, worldId)} />
        <section className="step-status" aria-label="Writing status" ref={keptFocus} tabIndex={-1}>
          {isShown ? <WorldProgress polling={polling} /> : worldId === null && <TitleField />}
        </section>
      </div>
      {polling.isPolling ? <StorySoFar polling={polling} /> : <PickedList draft={draft} onGo={onGo} />}
      <ActionBar onBack={onBack} hint={estimateText(estimate)}>
        {worldId === null ? (
          <button
            type="button"
            className="button button--main"
            aria-disabled={polling.isPolling}
            aria-describedby={HINT_ID}
            onClick={create}
          >
            Create the world
          </button>
        ) : (
          <NextActions worldId={worldId} onStartOver={onStartOver} />
        )}
      </ActionBar>
    </>
  );
}

function useCreateWorld() {
  const { draft, latest, dispatch } = useDraft();
  const registry = useRegistry();
  const owner = useOwner();
  const polling = useJobPolling<"world">(
    ({ world_id }) => {
      dispatch({ do: "finish", worldId: world_id });
      navigate(worldAddress(world_id));
    },
    undefined,
    { slot: `${draft.id}.world.${picksOf(draft, registry.kinds)}` },
  );
  const isOpen = draft.worldId === null && !polling.isPolling;
  const estimate = useEstimate(isOpen ? worldRequest(draft, registry, owner) : null);
  const create = () => {
    if (!polling.isPolling) void polling.submit(worldRequest(latest(), registry, owner));
  };
  return { polling, estimate, create };
}

function NextActions({ worldId, onStartOver }: { worldId: string; onStartOver: () => void }) {
  return (
    <>
      <button type="button" className="button" onClick={onStartOver}>
        Start another
      </button>
      <a className="button button--main" href={worldAddress(worldId)}>
        Read your world
      </a>
    </>
  );
}

function leadOf(isWriting: boolean, worldId: string | null): string {
  if (isWriting) return "Your choices become one story. It opens here when it is finished.";
  if (worldId !== null) return "Your world is ready. Read it, change a choice to make another one, or start over.";
  return "Your choices become one story. Change any of them, or create the world.";
}

function WorldProgress({ polling }: { polling: JobPolling<"world"> }) {
  const { job, error, connection, retry, cancel } = polling;
  return (
    <JobProgressSpinner
      job={job}
      error={error}
      connection={connection}
      label="Writing the world"
      onRetry={retry}
      onCancel={cancel}
    />
  );
}

function TitleField() {
  const { draft, dispatch } = useDraft();
  const { lengthMax } = useRegistry();
  return (
    <div className="title-field">
      <label htmlFor="world-title">
        Title <span className="quiet">(optional; otherwise the story picks one)</span>
      </label>
      <input
        id="world-title"
        className="field"
        type="text"
        maxLength={lengthMax("title")}
        autoComplete="off"
        value={draft.title}
        onChange={(event) => dispatch({ do: "name-world", title: event.target.value })}
      />
    </div>
  );
}

function PickedList({ draft, onGo }: { draft: Draft; onGo: (step: Step) => void }) {
  const kinds = useKinds();
  return (
    <ul className="picked">
      {kinds.map(({ key, one }) => {
        const piece = pickedPiece(draft, { key });
        return (
          <li key={key}>
            <span className="picked__kind">{capitalized(one)}</span>
            <span className="picked__name" {...(piece && attributesOf(piece.language))}>
              {piece?.name ?? "Not chosen yet"}
            </span>
            <span className="picked__concept" {...(piece && attributesOf(piece.language))}>
              {conceptOf(piece?.details)}
            </span>
            <button type="button" className="link" onClick={() => onGo(key)}>
              Change<span className="visually-hidden"> the {one}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The story while it is being written. */
function StorySoFar({ polling }: { polling: JobPolling<"world"> }) {
  const story = polling.job?.items[0];
  return (
    <article className="story-so-far" aria-busy="true" {...attributesOf(story?.language)}>
      {story?.name ? <h2 className="arriving">{story.name}</h2> : <Blank lines={1} isTitle />}
      {!story?.description && <Blank lines={6} />}
      {paragraphsOf(story?.description ?? "").map((paragraph) => (
        <p key={paragraph} className="arriving">
          {paragraph}
        </p>
      ))}
    </article>
  );
}
