// The workbench begins here: texts, server state, and the router that shows the rest.

import "./styles/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { RouterProvider as AriaRouterProvider, I18nProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import { useTranslation } from "react-i18next";
import { queryClient } from "./api/query";
import { locale, startTexts } from "./i18n";
import { startLooks } from "./shell/looks";
import { router } from "./shell/router";

function Workbench() {
  useTranslation();
  return (
    <I18nProvider locale={locale()}>
      <AriaRouterProvider navigate={(to) => void router.navigate({ to })}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AriaRouterProvider>
    </I18nProvider>
  );
}

// The server was upgraded while this page was open: its parts have other names now.
window.addEventListener("vite:preloadError", () => location.reload());

startLooks();
await startTexts();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Workbench />
    </StrictMode>,
  );
}
