import { estimateText, JobProgressSpinner, useEstimate, useJobPolling, type JobRequest } from "@loresmith/jobs";
import { useId, useState, type SyntheticEvent } from "react";
import { useDraft } from "../draft/DraftProvider";
import { Dialog } from "../kit/Dialog";
import { useOwner } from "../kit/owner";
import { navigate, worldAddress } from "../kit/route";
import { THEMES } from "../lore/theme";
import { useRegistry } from "../registry/registry";

/** Asks for a theme and a title, and makes a world of the chosen pieces. The job continues if the page is closed. */
export function WorldDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { draft } = useDraft();
  const [theme, setTheme] = useState(draft.theme);
  const [title, setTitle] = useState("");
  const request = useRequest(ids, theme, title);
  const polling = useJobPolling<"create_world">(({ world_id }) => navigate(worldAddress(world_id)), undefined, {
    slot: `library.world.${[...ids].sort().join(".")}`,
  });
  const cost = estimateText(useEstimate(polling.isPolling || theme.trim() === "" ? null : request));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (theme.trim() !== "") void polling.submit(request);
  };
  const { job, error, connection, retry, cancel } = polling;
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  return (
    <Dialog title="A world of these pieces" closeLabel={polling.isPolling ? "Continue in the background" : "Close"} onClose={onClose}>
      {isShown && (
        <JobProgressSpinner
          job={job}
          isPolling={polling.isPolling}
          error={error}
          connection={connection}
          label="Writing the world"
          onRetry={retry}
          onCancel={cancel}
        />
      )}
      {!polling.isPolling && (
        <form className="own-piece" onSubmit={submit}>
          <WorldFields theme={theme} onTheme={setTheme} title={title} onTitle={setTitle} />
          <p className="quiet">{cost}</p>
          <button type="submit" className="button button--main">
            Create the world
          </button>
        </form>
      )}
    </Dialog>
  );
}

interface WorldFieldsProps {
  theme: string;
  onTheme: (theme: string) => void;
  title: string;
  onTitle: (title: string) => void;
}

function WorldFields({ theme, onTheme, title, onTitle }: WorldFieldsProps) {
  const id = useId();
  const { lengthMax } = useRegistry();
  return (
    <>
      <label htmlFor={`${id}-theme`}>Theme</label>
      <input
        id={`${id}-theme`}
        className="field"
        type="text"
        required
        list={`${id}-themes`}
        maxLength={lengthMax("theme")}
        autoComplete="off"
        value={theme}
        onChange={(event) => onTheme(event.target.value)}
      />
      <datalist id={`${id}-themes`}>{THEMES.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}</datalist>
      <label htmlFor={`${id}-title`}>
        Title <span className="quiet">(optional; otherwise the story picks one)</span>
      </label>
      <input
        id={`${id}-title`}
        className="field"
        type="text"
        maxLength={lengthMax("title")}
        autoComplete="off"
        value={title}
        onChange={(event) => onTitle(event.target.value)}
      />
    </>
  );
}

function useRequest(ids: readonly string[], theme: string, title: string): JobRequest<"create_world"> {
  const { worldType } = useRegistry();
  const owner = useOwner();
  const payload = {
    theme: theme.trim(),
    pieces: [...ids],
    ...(title.trim() ? { title: title.trim() } : {}),
    ...(owner === undefined ? {} : { user_id: owner }),
  };
  return { type: worldType, payload };
}
