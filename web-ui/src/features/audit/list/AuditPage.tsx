import {
  Button,
  Drawer,
  DrawerContent,
  DrawerContentBody,
  Dropdown,
  DropdownItem,
  DropdownList,
  Flex,
  MenuToggle,
} from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { AuditRecord } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useErrorWords } from "../../../shared/i18n/words";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { AuditDetails } from "../details/AuditDetails";
import { VerifyLog } from "../verify/VerifyLog";

/** Kinds of objects that have a page of their own. */
const PAGES = ["vms", "hosts", "tasks"];
const OUTCOMES = ["SUCCESS", "REFUSED", "FAILED"];

function AuditedObject({ record }: { record: AuditRecord }) {
  const { t } = useTranslation();
  const kind = t(`audit.kinds.${record.objectKind}`, { defaultValue: record.objectKind });
  if (record.objectId === "") {
    return <>{kind || "–"}</>;
  }
  const name = record.objectName || kind;
  return (
    <>
      {PAGES.includes(record.objectKind) ? <Link to={`/${record.objectKind}/${record.objectId}`}>{name}</Link> : name}
      <code className="meseta-problem-code meseta-code">{record.objectId}</code>
    </>
  );
}

/** The file that can be verified comes first. */
const FORMATS = [
  { format: "JSONL", file: "meseta-audit-log.jsonl" },
  { format: "CEF", file: "meseta-audit-log.cef" },
  { format: "OCSF", file: "meseta-audit-log.ocsf.jsonl" },
];

function ExportMenu() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      onSelect={() => setIsOpen(false)}
      popperProps={{ position: "right" }}
      toggle={(ref) => (
        <MenuToggle ref={ref} isExpanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t("audit.export")}
        </MenuToggle>
      )}
    >
      <DropdownList>
        {FORMATS.map(({ format, file }) => (
          <DropdownItem
            key={format}
            component="a"
            to={`/api/v1/audit/export?format=${format}`}
            download={file}
            description={t(`audit.formats.${format}`)}
          >
            {format}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}

/** Who did what. */
export function AuditPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const errorWords = useErrorWords();
  const [shown, setShown] = useState<number | null>(null);
  const columns: Column<AuditRecord>[] = [
    { id: "at", label: t("audit.at"), render: (record) => <span className="meseta-time">{format.time(record.at)}</span> },
    {
      id: "principal",
      label: t("audit.who"),
      render: (record) => (
        <>
          {record.principal}
          <span className="meseta-problem-code meseta-addition">{record.remoteAddress}</span>
        </>
      ),
    },
    {
      id: "action",
      label: t("audit.action"),
      render: (record) => (
        <Button variant="link" isInline onClick={() => setShown(record.id)}>
          <code>{record.action}</code>
        </Button>
      ),
    },
    { id: "object", label: t("audit.object"), render: (record) => <AuditedObject record={record} /> },
    {
      id: "outcome",
      label: t("audit.outcome"),
      render: (record) => <StatusLabel of="outcome" value={record.outcome} reason={errorWords(record.code)} />,
    },
    {
      id: "correlationId",
      label: t("problem.correlationId"),
      render: (record) => <code className="meseta-code">{record.correlationId}</code>,
    },
  ];
  const list = (
    <ListPage<AuditRecord>
      noun="audit"
      title={t("audit.title")}
      columns={columns}
      defaultSort=""
      searchPlaceholder={t("audit.searchPlaceholder")}
      filter={{
        field: "outcome",
        label: t("audit.outcome"),
        values: OUTCOMES.map((value) => ({ value, label: t(`status.outcome.${value}`) })),
      }}
      create={
        <Flex>
          <ExportMenu />
          <VerifyLog onShow={setShown} />
        </Flex>
      }
      empty={{ title: t("audit.empty"), body: t("audit.emptyBody") }}
    />
  );
  return (
    <Drawer isExpanded={shown !== null}>
      <DrawerContent panelContent={shown !== null && <AuditDetails id={shown} onClose={() => setShown(null)} />}>
        <DrawerContentBody>{list}</DrawerContentBody>
      </DrawerContent>
    </Drawer>
  );
}
