import { QueryClient } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asApiError } from "./api/error";
import { loadConfig, type PageConfig } from "./api/config";
import { App } from "./app/App";
import { Crash } from "./app/Crash";
import { DEFAULT_OWNER, OwnerContext } from "./kit/owner";
import { OfflineWriterContext } from "./app/writer";
import { createDraftStore } from "./draft/draftStore";
import { DraftProvider } from "./draft/DraftProvider";
import { createDesk, EditingProvider } from "./editing/EditingProvider";
import { browserStorage, createApi, createJobsClient, JobsProvider } from "./jobs";
import "./style/index.css";
import "virtual:theme-labels.css";

const fetch = window.fetch.bind(window);

function start({ apiBaseUrl, token, writer }: PageConfig): void {
  const api = createApi({ baseUrl: apiBaseUrl, token, fetch });
  const retry = (failures: number, error: unknown) => failures < 3 && asApiError(error).isTransient;
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry, networkMode: "always" } } });
  const storage = browserStorage(window);
  const drafts = createDraftStore(storage, window);
  const client = createJobsClient({ api, queryClient });
  const desk = createDesk(client, storage, window);
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root.");
  createRoot(root).render(
    <StrictMode>
      <Crash>
        <JobsProvider client={client}>
          <OwnerContext value={token === undefined ? DEFAULT_OWNER : undefined}>
            <DraftProvider store={drafts}>
              <EditingProvider desk={desk}>
                <OfflineWriterContext value={writer === "offline"}>
                  <App storage={storage} />
                </OfflineWriterContext>
              </EditingProvider>
            </DraftProvider>
          </OwnerContext>
        </JobsProvider>
      </Crash>
    </StrictMode>,
  );
}

void loadConfig(fetch, import.meta.env, document.baseURI).then(start);
