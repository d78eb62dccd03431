import { Breadcrumb, BreadcrumbItem, PageSection, Title } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { usePageTitle } from "./usePageTitle";

interface Props {
  title: string;
  /** Where this page belongs, for details pages. */
  parent?: { label: string; to: string };
  labels?: ReactNode;
  actions?: ReactNode;
}

/** The heading of every page; it names the browser tab as well. */
export function PageHeading({ title, parent, labels, actions }: Props) {
  usePageTitle(title);
  return (
    <PageSection className="meseta-heading">
      {parent !== undefined && (
        <Breadcrumb>
          <BreadcrumbItem render={({ className }) => <Link to={parent.to} className={className}>{parent.label}</Link>} />
          <BreadcrumbItem isActive>{title}</BreadcrumbItem>
        </Breadcrumb>
      )}
      <div className="meseta-heading-row">
        <div className="meseta-heading-title">
          <Title headingLevel="h1">{title}</Title>
          {labels}
        </div>
        {actions}
      </div>
    </PageSection>
  );
}
