import type { Locks } from "./useLocks";

/** Locks a field, so that rewriting leaves it as it is. */
export function LockButton({ locks, field, label }: { locks: Locks; field: string; label: string }) {
  const isLocked = locks.isLocked(field);
  const title = isLocked ? "Locked: rewriting leaves it as it is" : "Lock, so that rewriting leaves it as it is";
  return <button type="button" className="editable__lock" aria-label={`Lock ${label}`} aria-pressed={isLocked} title={title} onClick={() => locks.toggle(field)} />;
}
