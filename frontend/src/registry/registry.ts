/** The job types of the API in the form that the page uses. */

import type { Delivery, JobTypeInfo, JobTypeName, RewritableField } from "@loresmith/jobs";
import { createContext, use } from "react";
import { capitalized, kindsOf, pieceKindsOf, worldType, type Kind } from "../lore/kind";
import { fieldRules } from "../lore/payload";

export interface Registry {
  /** In the order in which a person chooses them. */
  kinds: readonly Kind[];
  /** The kinds of all pieces, even of those that no world is made of. */
  pieceKinds: readonly Kind[];
  /** The name of the job type that makes a world. */
  worldType: "create_world";
  /** The longest text that this field of a payload may have, in characters; undefined if the API states no limit. */
  lengthMax: (field: string) => number | undefined;
  /** The label of a job type: "Generate prophecies" for "generate_prophecies". The name itself if the API no longer has the type. */
  labelOf: (jobType: string) => string;
  /** The names of all job types. */
  jobTypes: readonly string[];
  /** Whether jobs of this type make or rewrite worlds. */
  isWorldType: (jobType: string) => boolean;
  /** The parts of a piece of this kind, or of a world, that can be rewritten. */
  fieldsOf: (kind: string) => readonly RewritableField[];
  /** The name of the job type that makes a new version of a piece or of a world; undefined if the API has none. */
  rewriterOf: <D extends "piece" | "rewritten_world">(delivers: D) => JobTypeName<D> | undefined;
}

export const RegistryContext = createContext<Registry | null>(null);

export function registryOf(jobTypes: readonly JobTypeInfo[]): Registry {
  const labels = new Map<string, string>(jobTypes.map(({ type, label }) => [type, label]));
  const lengthMax = (field: string) => {
    const limits = jobTypes.flatMap((jobType) => fieldRules(jobType, field).maxLength ?? []);
    return limits.length > 0 ? Math.min(...limits) : undefined;
  };
  return {
    kinds: kindsOf(jobTypes),
    pieceKinds: pieceKindsOf(jobTypes),
    worldType: worldType(jobTypes).type,
    lengthMax,
    labelOf: (jobType) => labels.get(jobType) ?? jobType,
    jobTypes: [...labels.keys()],
    isWorldType: (name) => jobTypes.some(({ type, delivers }) => type === name && (delivers === "world" || delivers === "rewritten_world")),
    fieldsOf: (kind) => jobTypes.find((jobType) => jobType.kind === kind && isWriter(jobType))?.fields ?? [],
    rewriterOf: <D extends Delivery>(delivers: D) => jobTypes.find((jobType) => jobType.delivers === delivers)?.type as JobTypeName<D> | undefined,
  };
}

function isWriter({ delivers }: JobTypeInfo): boolean {
  return delivers === "pieces" || delivers === "world";
}

export function useRegistry(): Registry {
  const registry = use(RegistryContext);
  if (registry === null) throw new Error("useRegistry needs a <RegistryProvider> above it.");
  return registry;
}

export function useKinds(): readonly Kind[] {
  return useRegistry().kinds;
}

/** What a piece of this kind is called: "Character". The key itself if the API no longer has the kind. */
export function useKindLabel(): (key: string) => string {
  const { pieceKinds } = useRegistry();
  return (key) => capitalized(pieceKinds.find((kind) => kind.key === key)?.one ?? key);
}
