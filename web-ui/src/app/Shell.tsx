import { Page, SkipToContent } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { TaskDrawer } from "../features/tasks/drawer/TaskDrawer";
import { StreamStateContext, useEventStream } from "../shared/events/useEventStream";
import { OtherManagers } from "../features/managers/OtherManagers";
import { AppMasthead } from "./AppMasthead";
import { AppRoutes } from "./AppRoutes";
import { ErrorBoundary } from "./ErrorBoundary";
import { Navigation } from "./Navigation";
import { Patience } from "./Patience";
import { Toasts } from "./Toasts";

const MAIN_ID = "main-content";

export function Shell() {
  const { t } = useTranslation();
  const streamState = useEventStream();
  const location = useLocation();
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  return (
    <StreamStateContext.Provider value={streamState}>
      <Page
        isManagedSidebar
        masthead={<AppMasthead isDrawerOpen={isDrawerOpen} onDrawer={() => setDrawerOpen(!isDrawerOpen)} />}
        sidebar={<Navigation />}
        skipToContent={<SkipToContent href={`#${MAIN_ID}`}>{t("shell.skip")}</SkipToContent>}
        mainContainerId={MAIN_ID}
        isNotificationDrawerExpanded={isDrawerOpen}
        notificationDrawer={<TaskDrawer onClose={() => setDrawerOpen(false)} />}
      >
        <OtherManagers />
        <Patience />
        <ErrorBoundary key={location.pathname}>
          <AppRoutes />
        </ErrorBoundary>
      </Page>
      {!isDrawerOpen && <Toasts />}
    </StreamStateContext.Provider>
  );
}
