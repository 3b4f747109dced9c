import { asApiError } from "@loresmith/jobs";
import { readAgain } from "@loresmith/jobs/core";
import { useLibraryApi, type KeptWorld } from "@loresmith/jobs/library";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useDesk } from "../editing";
import { attributesOf } from "../lore/language";
import { dateText } from "../style/dateText";

/** A world in the trash, with the way out of it. */
export function TrashedWorld({ world }: { world: KeptWorld }) {
  const api = useLibraryApi();
  const desk = useDesk();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api.restoreDocument("worlds", world.id),
    onSuccess: (restored) => {
      desk.learn("worlds", [restored]);
      return readAgain(queries, ["worlds"]);
    },
  });
  return (
    <li className="trashed__world">
      <p>
        <strong {...attributesOf(world.language)}>{world.title}</strong>
        {world.deleted_at && <span className="quiet"> in the trash since {dateText(world.deleted_at)}</span>}
      </p>
      <button type="button" className="button" aria-disabled={isPending} onClick={() => !isPending && mutate()}>
        Restore<span className="visually-hidden"> {world.title}</span>
      </button>
      {error && <p role="alert">{asApiError(error).message}</p>}
    </li>
  );
}
