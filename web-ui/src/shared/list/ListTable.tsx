import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ActionMenu } from "../actions/ActionViews";
import { nameOf, type Action, type Named } from "../actions/action";
import type { ActionRunner } from "../actions/useActions";

export interface Column<T> {
  id: string;
  label: string;
  /** Name of the field in the API's sort parameter, when the list can be sorted by it. */
  sort?: string;
  isNumeric?: boolean;
  render: (item: T) => ReactNode;
}

interface Props<T extends Named> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  sort?: string;
  onSort?: (sort: string) => void;
  actions?: Action<T>[];
  runner?: ActionRunner<T>;
  selection?: { ids: ReadonlySet<string>; onChange: (ids: ReadonlySet<string>) => void };
}

export function ListTable<T extends Named>({
  label,
  columns,
  rows,
  sort = "",
  onSort,
  actions = [],
  runner,
  selection,
}: Props<T>) {
  const { t } = useTranslation();
  const isFalling = sort.startsWith("-");
  const sorted = isFalling ? sort.slice(1) : sort;
  const select = (ids: string[], isSelected: boolean) => {
    const next = new Set(selection?.ids);
    for (const id of ids) {
      if (isSelected) next.add(id);
      else next.delete(id);
    }
    selection?.onChange(next);
  };
  return (
    <Table aria-label={label} variant="compact">
      <Thead>
        <Tr>
          {selection !== undefined && (
            <Th
              aria-label={t("list.selectAll")}
              select={{
                isSelected: rows.every((row) => selection.ids.has(String(row.id))),
                onSelect: (_event, isSelected) =>
                  select(
                    rows.map((row) => String(row.id)),
                    isSelected,
                  ),
              }}
            />
          )}
          {columns.map((column, index) => (
            <Th
              key={column.id}
              modifier="nowrap"
              className={column.isNumeric === true ? "meseta-numeric" : undefined}
              sort={
                column.sort === undefined || onSort === undefined
                  ? undefined
                  : {
                      columnIndex: index,
                      sortBy: {
                        index: columns.findIndex((other) => other.sort === sorted),
                        direction: isFalling ? "desc" : "asc",
                      },
                      onSort: (_event, _index, direction) =>
                        onSort(direction === "desc" ? `-${column.sort}` : `${column.sort}`),
                    }
              }
            >
              {column.label}
            </Th>
          ))}
          {actions.length > 0 && <Th screenReaderText={t("actions.more")} />}
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row, rowIndex) => (
          <Tr key={row.id} data-row={nameOf(row)}>
            {selection !== undefined && (
              <Td
                select={{
                  rowIndex,
                  isSelected: selection.ids.has(String(row.id)),
                  onSelect: (_event, isSelected) => select([String(row.id)], isSelected),
                }}
              />
            )}
            {columns.map((column) => (
              <Td
                key={column.id}
                dataLabel={column.label}
                className={column.isNumeric === true ? "meseta-numeric" : undefined}
              >
                {column.render(row)}
              </Td>
            ))}
            {actions.length > 0 && runner !== undefined && (
              <Td isActionCell>
                <ActionMenu actions={actions} item={row} runner={runner} />
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
