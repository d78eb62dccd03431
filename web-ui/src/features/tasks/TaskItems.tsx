import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TaskItem } from "../../api/types";
import { ErrorText } from "../../shared/components/Problem";
import { StatusLabel } from "../../shared/components/StatusLabel";

/** What became of each of the objects that a task works on. */
export function TaskItems({ items }: { items: TaskItem[] }) {
  const { t } = useTranslation();
  return (
    <Table variant="compact" aria-label={t("tasks.items")}>
      <Thead>
        <Tr>
          <Th>{t("tasks.stepNumber")}</Th>
          <Th>{t("tasks.target")}</Th>
          <Th>{t("tasks.state")}</Th>
          <Th>{t("tasks.detail")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {items.map((item) => (
          <Tr key={item.number}>
            <Td dataLabel={t("tasks.stepNumber")}>{item.number}</Td>
            <Td dataLabel={t("tasks.target")}>
              <Link to={`/vms/${item.target.id}`}>{item.target.name}</Link>
            </Td>
            <Td dataLabel={t("tasks.state")}>
              {item.taskId ? (
                <Link to={`/tasks/${item.taskId}`}>
                  <StatusLabel of="taskItem" value={item.state} />
                </Link>
              ) : (
                <StatusLabel of="taskItem" value={item.state} />
              )}
            </Td>
            <Td dataLabel={t("tasks.detail")}>{item.error && <ErrorText {...item.error} />}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
