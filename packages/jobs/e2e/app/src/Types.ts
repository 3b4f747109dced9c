// What the types promise. It is compiled, never run.
import { isFinal, useJobPolling, type Job } from "@loresmith/jobs";

export function useTypes() {
  useJobPolling((result) => result.title.trim(), undefined, { type: "create_world" });
  useJobPolling<"generate_characters">((result) => result.map((piece) => piece.name.trim()));
  const quests = useJobPolling((result) => result[0].description.trim(), undefined, { type: "generate_quests" });
  void quests.submit({ type: "generate_quests", payload: { difficulty: "hard" }, deadline_s: 30, webhook: null });
  void quests.submit({ type: "generate_quests", payload: {}, webhook: { url: "https://example.com/hooks", events: ["job.failed"] } });
  // @ts-expect-error: There is no such event.
  void quests.submit({ type: "generate_quests", payload: {}, webhook: { url: "https://example.com/hooks", events: ["job.lost"] } });
  // @ts-expect-error: A payload of pieces has a number here.
  void quests.submit({ type: "generate_quests", payload: { count: "three" } });
  // @ts-expect-error: This hook runs quests.
  void quests.submit({ type: "generate_relics", payload: {} });
}

export function titleOf(job: Job): string {
  if (job.status === "completed" && job.type === "create_world") return job.result.title;
  return isFinal(job) ? (job.error ?? "") : job.message;
}
