import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { asApiError } from "../api/error";
import type { KeptWorld } from "../api/libraryWire";
import { CopyButton } from "../book/CopyButton";
import { useJobsClient } from "../jobs";
import { sharedAddress } from "../kit/route";
import { dateText } from "../style/dateText";

interface ShareLinkProps {
  world: KeptWorld;
  /** Called with the world as the API then has it. */
  onChange: (world: KeptWorld) => void;
}

/** The link that shows players what is marked for them: make it, copy it, open it, take it back. */
export function ShareLink({ world, onChange }: ShareLinkProps) {
  const { api } = useJobsClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (isShared: boolean) => (isShared ? api.shareWorld(world.id) : api.unshareWorld(world.id)),
    onSuccess: onChange,
  });
  return (
    <div className="share">
      {world.share ? (
        <Link share={world.share} onTakeBack={() => mutate(false)} isPending={isPending} />
      ) : (
        <>
          <p>Anyone who has the link can read what you mark, and nothing else. You can take it back at any time.</p>
          <button type="button" className="button" aria-disabled={isPending} onClick={() => !isPending && mutate(true)}>
            Make a link for players
          </button>
        </>
      )}
      {error && (
        <p className="share__fault" role="alert">
          {asApiError(error).message}
        </p>
      )}
    </div>
  );
}

interface LinkProps {
  share: NonNullable<KeptWorld["share"]>;
  onTakeBack: () => void;
  isPending: boolean;
}

function Link({ share, onTakeBack, isPending }: LinkProps) {
  const id = useId();
  const address = new URL(sharedAddress(share.token), document.baseURI).href;
  return (
    <>
      <label htmlFor={id}>Link for players, made {dateText(share.created_at)}</label>
      <input id={id} className="field" type="text" readOnly value={address} onFocus={({ target }) => target.select()} />
      <p className="share__tools">
        <CopyButton className="button" text={() => address}>
          Copy the link
        </CopyButton>
        <a className="button" href={address} target="_blank" rel="noreferrer">
          Open it<span className="visually-hidden"> in a new tab</span>
        </a>
        <button type="button" className="button" aria-disabled={isPending} onClick={() => !isPending && onTakeBack()}>
          Take it back
        </button>
      </p>
    </>
  );
}
