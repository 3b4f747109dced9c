/** The rules of payloads, as `GET /job-types` states them. */

import type { JobTypeInfo } from "@loresmith/jobs";

/** The keywords of JSON Schema that the page uses. */
interface FieldRules {
  /** In characters. */
  maxLength?: number;
  maxItems?: number;
}

/** The rules of one field. Those of an optional field stand in one of its alternatives, since it may also be null. */
export function fieldRules({ payload_schema }: Pick<JobTypeInfo, "payload_schema">, name: string): FieldRules {
  const fields = (payload_schema.properties ?? {}) as Partial<Record<string, FieldRules & { anyOf?: FieldRules[] }>>;
  const { anyOf = [], ...rules } = fields[name] ?? {};
  return Object.assign({}, ...anyOf, rules) as FieldRules;
}
