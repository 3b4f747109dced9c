/** Every page: its address, its link in the header, and the module that shows it. To add a page, add it to `PAGES`. */

import { lazy, type ComponentType } from "react";
import { ADDRESS, match, type RouteParameters } from "../kit/route";

export interface Page {
  address: string;
  /** The text of its link in the header; null if the header has no link to it. */
  link: string | null;
  /** Whether it is for people without a token: then it stands alone, without links to other pages. */
  isPublic: boolean;
  /** Downloads the page's module, so that the page then opens at once. */
  preload: () => void;
  Component: ComponentType<Record<string, string>>;
}

/** In the order of the links. Each module is downloaded when its page is first opened, or before. */
export const PAGES: readonly Page[] = [
  page(ADDRESS.wizard, "New world", () => import("../wizard/WizardPage").then((module) => module.WizardPage)),
  page(ADDRESS.worlds, "Worlds", () => import("../worlds/WorldsPage").then((module) => module.WorldsPage)),
  page(ADDRESS.world, null, () => import("../worlds/WorldPage").then((module) => module.WorldPage)),
  page(ADDRESS.library, "Library", () => import("../library/LibraryPage").then((module) => module.LibraryPage)),
  page(ADDRESS.piece, null, () => import("../library/PiecePage").then((module) => module.PiecePage)),
  page(ADDRESS.job, null, () => import("../jobList/JobPage").then((module) => module.JobPage)),
  page(ADDRESS.jobPiece, null, () => import("../jobList/JobPage").then((module) => module.JobPage)),
  page(ADDRESS.jobs, "Jobs", () => import("../jobList/JobsPage").then((module) => module.JobsPage)),
  page(ADDRESS.history, "History", () => import("../history/HistoryPage").then((module) => module.HistoryPage)),
  publicPage(ADDRESS.shared, () => import("../shared/SharedPage").then((module) => module.SharedPage)),
];

/** The page with this address, and the parts of the address that vary; null if there is none. */
export function pageAt(hash: string): { page: Page; parameters: Record<string, string> } | null {
  for (const page of PAGES) {
    const parameters = match(page.address, hash);
    if (parameters) return { page, parameters };
  }
  return null;
}

/** The component's properties are the parts of the address that vary. */
function page<A extends string>(address: A, link: string | null, load: () => Promise<ComponentType<RouteParameters<A>>>): Page {
  const Component = lazy(async () => ({ default: (await load()) as ComponentType<Record<string, string>> }));
  return { address, link, isPublic: false, preload: () => void load().catch(() => undefined), Component };
}

function publicPage<A extends string>(address: A, load: () => Promise<ComponentType<RouteParameters<A>>>): Page {
  return { ...page(address, null, load), isPublic: true };
}
