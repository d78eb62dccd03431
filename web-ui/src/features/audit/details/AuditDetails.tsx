import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  DrawerActions,
  DrawerCloseButton,
  DrawerHead,
  DrawerPanelBody,
  DrawerPanelContent,
  Title,
} from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AuditRecord } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { Failed, Loading } from "../../../shared/components/states";
import { useFormat } from "../../../shared/format/useFormat";
import { useErrorWords } from "../../../shared/i18n/words";
import { useOne } from "../../../shared/list/useList";
import { changesOf, restOf, text } from "./changes";

function Changes({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const changes = changesOf(record.detail);
  if (changes.length === 0) {
    return null;
  }
  return (
    <Table aria-label={t("audit.changes")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("audit.field")}</Th>
          <Th>{t("audit.before")}</Th>
          <Th>{t("audit.after")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {changes.map((change) => (
          <Tr key={change.field}>
            <Td dataLabel={t("audit.field")}>
              <code>{change.field}</code>
            </Td>
            <Td dataLabel={t("audit.before")}>{text(change.before)}</Td>
            <Td dataLabel={t("audit.after")}>{text(change.after)}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function AllOf({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const format = useFormat();
  const errorWords = useErrorWords();
  const facts: [term: string, value: ReactNode][] = [
    [t("audit.at"), format.time(record.at)],
    [t("audit.principal"), record.principal],
    [t("audit.address"), record.remoteAddress],
    [t("audit.outcome"), <StatusLabel key="outcome" of="outcome" value={record.outcome} reason={errorWords(record.code)} />],
    [t("audit.code"), record.code],
    [t("audit.object"), record.objectName],
    [t("audit.objectId"), record.objectId],
    [t("problem.correlationId"), record.correlationId],
    ...restOf(record.detail).map(([name, value]): [string, ReactNode] => [name, text(value)]),
    [t("audit.lane"), record.lane],
    [t("audit.number"), record.number],
    [t("audit.hash"), record.hash],
    [t("audit.previous"), record.previous],
  ];
  return (
    <>
      <Changes record={record} />
      <DescriptionList isCompact>
        {facts
          .filter(([, value]) => value !== "" && value !== null)
          .map(([term, value]) => (
            <DescriptionListGroup key={term}>
              <DescriptionListTerm>{term}</DescriptionListTerm>
              <DescriptionListDescription className="meseta-code">{value}</DescriptionListDescription>
            </DescriptionListGroup>
          ))}
      </DescriptionList>
    </>
  );
}

/** Everything that is known of one record. */
export function AuditDetails({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useOne<AuditRecord>("audit", String(id));
  return (
    <DrawerPanelContent widths={{ default: "width_50" }} aria-label={t("audit.record")}>
      <DrawerHead>
        <Title headingLevel="h2" size="lg">
          {data === undefined ? t("audit.record") : <code>{data.action}</code>}
        </Title>
        <DrawerActions>
          <DrawerCloseButton onClick={onClose} aria-label={t("actions.close")} />
        </DrawerActions>
      </DrawerHead>
      <DrawerPanelBody>
        {data !== undefined && <AllOf record={data} />}
        {data === undefined && error === null && <Loading />}
        {data === undefined && error !== null && <Failed error={error} retry={() => void refetch()} />}
      </DrawerPanelBody>
    </DrawerPanelContent>
  );
}
