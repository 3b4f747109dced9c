import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type KeptWorld } from "@loresmith/jobs/library";
import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { CopyButton } from "../book/CopyButton";
import { useOwner } from "../kit/owner";
import { sharedAddress } from "../kit/route";
import { dateText } from "../style/dateText";
import { useKeptFocus } from "../kit/useKeptFocus";

interface ShareLinkProps {
  world: KeptWorld;
  /** Called with the world as the API then has it. */
  onChange: (world: KeptWorld) => void;
}

/** The link that shows players what is marked for them: make it, copy it, open it, take it back. */
export function ShareLink({ world, onChange }: ShareLinkProps) {
  const api = useLibraryApi();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (isShared: boolean) => (isShared ? api.shareWorld(world.id) : api.unshareWorld(world.id)),
    onSuccess: onChange,
  });
  const part = useKeptFocus(world.share?.token);
  return (
    <div className="share" ref={part} tabIndex={-1}>
      {world.share ? (
        <Link share={world.share} onTakeBack={() => mutate(false)} isPending={isPending} />
      ) : (
        <>
          <p>Anyone who has the link can read what you mark, and nothing else. You can take it back at any time.</p>
          <TokenNote />
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

/** With a token, the API knows the caller, so that the page names no owner. */
function TokenNote() {
  if (useOwner() !== undefined) return null;
  return (
    <p>
      This page has a token, and gives it to everybody who opens it. Players should open the link on a copy of the page that has none: put that
      copy&rsquo;s address before <code>#</code>.
    </p>
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
      <TokenNote />
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
