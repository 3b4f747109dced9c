/** The job types of the API in the form that the page uses. */

import { createContext, use } from "react";
import type { JobTypeInfo } from "../api/wire";
import { kindsOf, type Kind } from "../lore/kind";

export interface Registry {
  /** In the order in which a person chooses them. */
  kinds: readonly Kind[];
  /** The label of a job type: "Generate prophecies" for "generate_prophecies". The name itself if the API no longer has the type. */
  labelOf: (jobType: string) => string;
}

export const RegistryContext = createContext<Registry | null>(null);

export function registryOf(jobTypes: readonly JobTypeInfo[]): Registry {
  const labels = new Map(jobTypes.map(({ type, label }) => [type, label]));
  return { kinds: kindsOf(jobTypes), labelOf: (jobType) => labels.get(jobType) ?? jobType };
}

export function useRegistry(): Registry {
  const registry = use(RegistryContext);
  if (registry === null) throw new Error("useRegistry needs a <RegistryProvider> above it.");
  return registry;
}

export function useKinds(): readonly Kind[] {
  return useRegistry().kinds;
}
