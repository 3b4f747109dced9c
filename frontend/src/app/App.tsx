import { Suspense, useEffect, useRef } from "react";
import { RegistryProvider } from "../registry/RegistryProvider";
import { useTitle } from "../style/useTitle";
import { Header } from "./Header";
import { pageAt } from "./pages";
import { ADDRESS, useHash } from "../kit/route";
import { WriterNote } from "./writer";

export function App({ storage }: { storage: Storage }) {
  const hash = useHash();
  useFocusOnPage(hash);
  if (pageAt(hash)?.page.isPublic) return <PublicPage hash={hash} />;
  return (
    <>
      <a className="skip" href="#content" onClick={skipToContent}>
        Skip to content
      </a>
      <Header hash={hash} />
      <main id="content" tabIndex={-1}>
        <RegistryProvider storage={storage}>
          <Suspense fallback={<p className="empty">Loading...</p>}>
            <PageAt hash={hash} />
          </Suspense>
        </RegistryProvider>
        <WriterNote />
      </main>
    </>
  );
}

/** Needs nothing that the API gives only to its callers, such as the job types. */
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

/** Moves the focus to a new page, so that Tab starts at its beginning. The wizard focuses its own steps. */
function useFocusOnPage(hash: string): void {
  const shown = useRef(hash);
  useEffect(() => {
    if (shown.current === hash) return;
    shown.current = hash;
    if (pageAt(hash)?.page.address !== ADDRESS.wizard) document.getElementById("content")?.focus({ preventScroll: true });
  }, [hash]);
}

/** The part after the # is the address of the page, so the browser cannot use it to jump to an element. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
