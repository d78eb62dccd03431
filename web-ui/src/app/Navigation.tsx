import { Nav, NavItem, NavList, PageSidebar, PageSidebarBody } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import type { Permission } from "../api/types";
import { usePermission } from "../shared/session/session";

const PAGES: { path: string; label: string; permissions: Permission[] }[] = [
  { path: "/vms", label: "vms.title", permissions: ["VM_READ"] },
  { path: "/hosts", label: "hosts.title", permissions: ["HOST_READ"] },
  { path: "/images", label: "images.title", permissions: ["IMAGE_READ"] },
  { path: "/flows", label: "flows.title", permissions: ["FLOW_READ"] },
  { path: "/tasks", label: "tasks.title", permissions: ["TASK_READ"] },
  { path: "/events", label: "events.title", permissions: ["EVENT_READ"] },
  { path: "/access", label: "access.title", permissions: ["USER_READ", "ROLE_READ", "GRANT_READ", "ACCESS_EXPLAIN"] },
  { path: "/audit", label: "audit.title", permissions: ["AUDIT_READ"] },
  { path: "/managers", label: "managers.title", permissions: ["MANAGER_READ"] },
];

export function Navigation() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const allowed = usePermission();
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label={t("shell.navigation")}>
          <NavList>
            {PAGES.filter((page) => page.permissions.some(allowed)).map((page) => {
              const isActive = pathname === page.path || pathname.startsWith(`${page.path}/`);
              return (
                <NavItem key={page.path} itemId={page.path} isActive={isActive}>
                  <Link to={page.path} aria-current={isActive ? "page" : undefined}>
                    {t(page.label)}
                  </Link>
                </NavItem>
              );
            })}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
