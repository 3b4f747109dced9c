/** Why a job failed, in words. A record keeps only the code. */

const SENTENCES: Record<string, string> = {
  timeout: "It took longer than allowed.",
  out_of_time: "There was no time left.",
  budget_exhausted: "Its token budget was used up.",
  refused: "The language model refused to write it.",
  generator_unavailable: "The generator could not be reached.",
  overloaded: "The generator was too busy.",
  worker_lost: "The work was interrupted too often.",
  undeliverable: "It could not be handed to a worker.",
  provider_unavailable: "The language model could not be reached.",
  provider_rate_limited: "The language model accepted no more requests.",
  provider_timeout: "The language model did not answer in time.",
  provider_auth: "The language model did not accept the API key.",
  provider_quota: "The account of the language model had no credit left.",
  provider_bad_request: "The language model rejected the request.",
  invalid_output: "The answers of the language model could not be used.",
  truncated: "The answers of the language model were cut off.",
  world_not_saved: "The world could not be saved.",
  job_lost: "The service lost track of it.",
  document_gone: "What it should rewrite was deleted for good.",
  internal: "An internal error stopped it.",
};

/** The code in words if there is no sentence for it. */
export function failureText(code: string): string {
  return SENTENCES[code] ?? `Reason: ${code.replace(/_/g, " ")}.`;
}
