import { Suspense, useEffect, useRef } from "react";
import { RegistryProvider } from "../registry/RegistryProvider";
import { useTitle } from "../style/useTitle";
import { addressOfText } from "./endedJob";
import { EndedJobs } from "./EndedJobs";
import { Header } from "./Header";
import { pageAt, PAGES } from "./pages";
import { Placeholder } from "./Placeholder";
import { ADDRESS, sectionOf, useHash } from "../kit/route";
import { useBackground } from "./useBackground";
import { WriterNote } from "./writer";

/** The pages that show the progress of all jobs themselves. */
const SHOW_JOBS = [ADDRESS.wizard, ADDRESS.jobs].map(sectionOf);
/** How long after the first page the others are downloaded, so that they open without a network. */
const PRELOAD_MS = 3_000;

export function App({ storage }: { storage: Storage }) {
  const hash = useHash();
  useFocusOnPage(hash);
  return pageAt(hash)?.page.isPublic ? <PublicPage hash={hash} /> : <CallerPages hash={hash} storage={storage} />;
}

/** The pages for people who may use the API. */
function CallerPages({ hash, storage }: { hash: string; storage: Storage }) {
  const { running, ended, dismiss } = useBackground((job) => SHOW_JOBS.includes(sectionOf(hash)) || addressOfText(job) === hash);
  usePreload();
  const placeholder = <Placeholder hash={hash} />;
  return (
    <>
      <a className="skip" href="#content" onClick={skipToContent}>
        Skip to content
      </a>
      <Header hash={hash} running={running} />
      <main id="content" tabIndex={-1}>
        <RegistryProvider storage={storage} placeholder={placeholder}>
          <Suspense fallback={placeholder}>
            <PageAt hash={hash} />
          </Suspense>
          <EndedJobs ended={ended} onDismiss={dismiss} />
        </RegistryProvider>
        <WriterNote />
      </main>
    </>
  );
}

/** A page for everybody. It needs nothing that requires a token, such as the job types. */
function PublicPage({ hash }: { hash: string }) {
  return (
    <main id="content" tabIndex={-1}>
      <Suspense fallback={<p className="empty">Loading...</p>}>
        <PageAt hash={hash} />
      </Suspense>
    </main>
  );
}

function PageAt({ hash }: { hash: string }) {
  const found = pageAt(hash);
  if (found === null) return <NotFoundPage />;
  const { page, parameters } = found;
  return <page.Component key={JSON.stringify(parameters)} {...parameters} />;
}

function NotFoundPage() {
  useTitle("Page not found");
  return (
    <>
      <h1 className="page-title">Page not found</h1>
      <p className="empty">
        There is no page at this address. <a href={ADDRESS.wizard}>Make a world</a> instead.
      </p>
    </>
  );
}

/** Moves the focus to a new page, so that Tab starts at its beginning. On the first page, Tab starts at the header. */
function useFocusOnPage(hash: string): void {
  const shown = useRef(hash);
  useEffect(() => {
    if (shown.current === hash) return;
    shown.current = hash;
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [hash]);
}

function usePreload(): void {
  useEffect(() => {
    const timer = setTimeout(() => PAGES.forEach(({ preload }) => preload()), PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
}

/** The part after the # is the address of the page, so the browser cannot use it to jump to an element. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
