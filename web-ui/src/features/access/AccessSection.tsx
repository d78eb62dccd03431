import { Nav, NavItem, NavList, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Route, Routes, useLocation } from "react-router";
import type { ComponentType } from "react";
import type { Permission } from "../../api/types";
import { usePermission } from "../../shared/session/session";
import { ExplainPage } from "./explain/ExplainPage";
import { GrantsPage } from "./grants/GrantsPage";
import { GroupsPage } from "./groups/GroupsPage";
import { ReviewPage } from "./review/ReviewPage";
import { RolesPage } from "./roles/RolesPage";
import { UsersPage } from "./users/UsersPage";

const PAGES: { path: string; label: string; permission: Permission; page: ComponentType }[] = [
  { path: "users", label: "access.users", permission: "USER_READ", page: UsersPage },
  { path: "groups", label: "access.groups", permission: "USER_READ", page: GroupsPage },
  { path: "roles", label: "access.roles", permission: "ROLE_READ", page: RolesPage },
  { path: "grants", label: "access.grants", permission: "GRANT_READ", page: GrantsPage },
  { path: "explain", label: "access.explain", permission: "ACCESS_EXPLAIN", page: ExplainPage },
  { path: "review", label: "access.review", permission: "ACCESS_EXPLAIN", page: ReviewPage },
];

/** Who may do what: a page for each side of it, of which one sees what one may. */
export function AccessSection() {
  const { t } = useTranslation();
  const allowed = usePermission();
  const { pathname } = useLocation();
  const pages = PAGES.filter(({ permission }) => allowed(permission));
  const first = pages[0]?.path ?? "users";
  return (
    <>
      <PageSection type="subnav" className="meseta-subnav">
        <Nav variant="horizontal-subnav" aria-label={t("access.title")}>
          <NavList>
            {pages.map(({ path, label }) => {
              const isActive = pathname.endsWith(`/access/${path}`);
              return (
                <NavItem key={path} itemId={path} isActive={isActive}>
                  <Link to={`/access/${path}`} aria-current={isActive ? "page" : undefined}>
                    {t(label)}
                  </Link>
                </NavItem>
              );
            })}
          </NavList>
        </Nav>
      </PageSection>
      <Routes>
        {pages.map(({ path, page: Page }) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
        <Route path="*" element={<Navigate to={`/access/${first}`} replace />} />
      </Routes>
    </>
  );
}
