import type { Job } from "@loresmith/jobs";
import { pieceAddress, worldAddress } from "../kit/route";

/** The page that shows what a job has written; null if there is no such page, or if the job has several pieces. */
export function addressOfText({ result }: Job): string | null {
  if (result === null || Array.isArray(result)) return null;
  if ("world_id" in result) return worldAddress(result.world_id);
  return "piece" in result ? pieceAddress(result.piece.id) : worldAddress(result.world.id);
}
