import { Bullseye, EmptyState, EmptyStateBody } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Route, Routes } from "react-router";
import { AccessSection } from "../features/access/AccessSection";
import { AccountPage } from "../features/account/AccountPage";
import { AuditPage } from "../features/audit/list/AuditPage";
import { EventsPage } from "../features/events/list/EventsPage";
import { FlowsPage } from "../features/flows/FlowsPage";
import { HostPage } from "../features/hosts/details/HostPage";
import { HostsPage } from "../features/hosts/list/HostsPage";
import { ImagesPage } from "../features/images/list/ImagesPage";
import { ManagersPage } from "../features/managers/list/ManagersPage";
import { TaskPage } from "../features/tasks/details/TaskPage";
import { TasksPage } from "../features/tasks/list/TasksPage";
import { ConsolePage } from "../features/vms/console/ConsolePage";
import { VmPage } from "../features/vms/details/VmPage";
import { VmsPage } from "../features/vms/list/VmsPage";
import { usePageTitle } from "../shared/components/usePageTitle";

function NotFound() {
  const { t } = useTranslation();
  usePageTitle(t("state.noPage"));
  return (
    <Bullseye>
      <EmptyState titleText={t("state.noPage")} headingLevel="h1">
        <EmptyStateBody>
          {t("state.noPageBody")} <Link to="/vms">{t("vms.title")}</Link>
        </EmptyStateBody>
      </EmptyState>
    </Bullseye>
  );
}

export function AppRoutes() {
  return (
    <Routes>
      <Route path="/" element={<Navigate to="/vms" replace />} />
      <Route path="/vms" element={<VmsPage />} />
      <Route path="/vms/:id" element={<VmPage />} />
      <Route path="/vms/:id/console" element={<ConsolePage />} />
      <Route path="/hosts" element={<HostsPage />} />
      <Route path="/hosts/:id" element={<HostPage />} />
      <Route path="/images" element={<ImagesPage />} />
      <Route path="/flows" element={<FlowsPage />} />
      <Route path="/tasks" element={<TasksPage />} />
      <Route path="/tasks/:id" element={<TaskPage />} />
      <Route path="/events" element={<EventsPage />} />
      <Route path="/access/*" element={<AccessSection />} />
      <Route path="/audit" element={<AuditPage />} />
      <Route path="/managers" element={<ManagersPage />} />
      <Route path="/account" element={<AccountPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
