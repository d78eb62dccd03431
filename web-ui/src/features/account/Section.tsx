import { Card, CardBody, CardHeader, CardTitle, Content } from "@patternfly/react-core";
import type { ReactNode } from "react";

interface Props {
  id: string;
  title: string;
  /** What it is for. */
  help: string;
  actions?: ReactNode;
  children?: ReactNode;
}

/** One part of the account page. */
export function Section({ id, title, help, actions, children }: Props) {
  return (
    <Card component="section" aria-labelledby={`account-${id}-title`} data-testid={`account-${id}`}>
      <CardHeader actions={actions === undefined ? undefined : { actions, hasNoOffset: true }}>
        <CardTitle component="h2" id={`account-${id}-title`}>
          {title}
        </CardTitle>
      </CardHeader>
      <CardBody>
        <Content component="p">{help}</Content>
        {children}
      </CardBody>
    </Card>
  );
}
