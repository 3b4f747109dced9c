import { estimateText, useEstimate, type JobPolling } from "@loresmith/jobs";
import { useEffect, useRef, type ReactNode } from "react";
import { useOwner } from "../kit/owner";
import { navigate, worldAddress } from "../kit/route";
import { useDraft, useTask } from "../draft/DraftProvider";
import { pickedPiece, picksOf, type Step } from "../draft/draft";
import { worldRequest } from "../draft/request";
import { attributesOf } from "../lore/language";
import { paragraphsOf } from "../lore/paragraphs";
import { useRegistry } from "../registry/registry";
import { ActionBar, HINT_ID } from "./ActionBar";
import { Blank } from "./Blank";
import { excess, LengthNote, useLimit } from "./LimitedText";
import { PickedList } from "./PickedList";
import { StepTop } from "./StepTop";
import { TaskProgress } from "./TaskProgress";
import { useKeptFocus } from "../kit/useKeptFocus";
import "./worldStep.css";

interface WorldStepProps {
  deck: ReactNode;
  onBack: () => void;
  onGo: (step: Step) => void;
  onStartOver: () => void;
}

/** The last step: review the choices, and have the world written. */
export function WorldStep({ deck, onBack, onGo, onStartOver }: WorldStepProps) {
  const { worldId } = useDraft().draft;
  const { polling, hint, create } = useCreateWorld();
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  const keptFocus = useKeptFocus(isShown);
  useOpenWhenWritten(worldId);
  const status = (
    <section className="step-status" aria-label="Writing status" ref={keptFocus} tabIndex={-1}>
      {isShown ? <TaskProgress polling={polling} label="Writing the world" /> : worldId === null && <TitleField />}
    </section>
  );
  return (
    <>
      <StepTop deck={deck} title="Your world" lead={leadOf(polling.isPolling, worldId)} status={status} />
      {polling.isPolling ? <StorySoFar polling={polling} /> : <PickedList onGo={onGo} />}
      <ActionBar onBack={onBack} hint={hint}>
        {worldId === null ? (
          <button
            type="button"
            className="button button--main"
            aria-disabled={create === null}
            aria-describedby={HINT_ID}
            onClick={() => create?.()}
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

/** The job that writes the world, the hint beside its button, and the function that starts it; null if it cannot start. */
function useCreateWorld() {
  const { draft, latest } = useDraft();
  const registry = useRegistry();
  const owner = useOwner();
  const polling = useTask<"create_world">({ writes: "world", draftId: draft.id, picks: picksOf(draft) });
  const unpicked = registry.kinds.find((kind) => pickedPiece(draft, kind) === null);
  const isTooLong = excess(draft.title, registry.lengthMax("title")) > 0;
  const isReady = !polling.isPolling && unpicked === undefined && !isTooLong;
  const estimate = useEstimate(isReady && draft.worldId === null ? worldRequest(draft, registry, owner) : null);
  const create = () => void polling.submit(worldRequest(latest(), registry, owner));
  const fault = unpicked ? `Choose the ${unpicked.one} first.` : isTooLong ? "Shorten the title to continue." : null;
  return { polling, hint: fault ?? estimateText(estimate), create: isReady ? create : null };
}

/** Opens the world if it is finished while this step is shown. */
function useOpenWhenWritten(worldId: string | null): void {
  const known = useRef(worldId);
  useEffect(() => {
    if (worldId !== null && known.current === null) navigate(worldAddress(worldId));
    known.current = worldId;
  }, [worldId]);
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
  if (isWriting) return "The story opens here when it is finished.";
  if (worldId !== null) return "It is ready to read. Or change a choice to make another.";
  return "Your choices become one story.";
}

function TitleField() {
  const { draft, dispatch } = useDraft();
  const limit = useLimit({ field: "title", text: draft.title });
  return (
    <div className="title-field">
      <label htmlFor="world-title">
        Title <span className="quiet">(optional)</span>
      </label>
      <input
        id="world-title"
        className="field"
        type="text"
        autoComplete="off"
        placeholder="The story picks one"
        value={draft.title}
        {...limit}
        onChange={(event) => dispatch({ do: "name-world", title: event.target.value })}
      />
      <LengthNote field="title" text={draft.title} />
    </div>
  );
}

/** The story while it is being written. */
function StorySoFar({ polling }: { polling: JobPolling<"create_world"> }) {
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
