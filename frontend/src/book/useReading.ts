import { useCallback, useEffect, useMemo, useState } from "react";

export interface Reading {
  isOpen: (sectionId: string) => boolean;
  setOpen: (sectionId: string, isOpen: boolean) => void;
  setAllOpen: (isOpen: boolean) => void;
  areAllOpen: boolean;
  /** The section at the top of the window; null before the first one. */
  current: string | null;
  /** Opens the section, scrolls to it and focuses its heading. */
  go: (sectionId: string) => void;
}

/** Which of these sections are open, and which one is being read. `atFirst`: those that are open at first. */
export function useReading(sectionIds: readonly string[], atFirst: readonly string[]): Reading {
  const [open, setOpenIds] = useState<ReadonlySet<string>>(new Set(atFirst));
  const [wanted, setWanted] = useState<{ id: string } | null>(null);
  const current = useCurrent(sectionIds);
  const setOpen = useCallback((id: string, isOpen: boolean) => {
    setOpenIds((before) => new Set(isOpen ? [...before, id] : [...before].filter((other) => other !== id)));
  }, []);
  const go = useCallback((id: string) => {
    setOpen(id, true);
    setWanted({ id });
  }, [setOpen]);
  useEffect(() => {
    // After the section has opened, so that it is scrolled to where it then is.
    if (wanted) show(wanted.id);
  }, [wanted]);
  return useMemo(
    () => ({
      isOpen: (id) => open.has(id),
      setOpen,
      setAllOpen: (isOpen) => setOpenIds(new Set(isOpen ? sectionIds : [])),
      areAllOpen: sectionIds.every((id) => open.has(id)),
      current,
      go,
    }),
    [open, setOpen, sectionIds, current, go],
  );
}

/** 48rem, as in the styles. */
const NARROW_PX = 768;

/** The sections that are open at first: what is read in order, and on a narrow window only the quest. */
export function openAtFirst(): string[] {
  return window.innerWidth < NARROW_PX ? ["quest"] : ["story", "quest"];
}

/** The id of a section's heading. */
export function headingId(sectionId: string): string {
  return `${sectionId}-heading`;
}

function show(sectionId: string): void {
  document.getElementById(sectionId)?.scrollIntoView({ block: "start" });
  document.getElementById(headingId(sectionId))?.focus({ preventScroll: true });
}

/** The last section that begins in the upper part of the window. */
function useCurrent(sectionIds: readonly string[]): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  const ids = sectionIds.join(" ");
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      setCurrent(topmost(ids.split(" ")));
    };
    const onScroll = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    onScroll();
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", onScroll);
    };
  }, [ids]);
  return current;
}

function topmost(sectionIds: readonly string[]): string | null {
  const line = window.innerHeight / 3;
  const passed = sectionIds.filter((id) => {
    const top = document.getElementById(id)?.getBoundingClientRect().top;
    return top !== undefined && top <= line;
  });
  const isAtEnd = window.scrollY > 0 && window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  return (isAtEnd ? sectionIds.at(-1) : passed.at(-1)) ?? null;
}
