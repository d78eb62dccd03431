import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { memo, type Dispatch, type ReactNode, type SetStateAction } from "react";
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
  /** What it says depends on the item and the language of the page; what else it shows, it looks up with hooks of its own. */
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
  selection?: { ids: ReadonlySet<string>; onChange: Dispatch<SetStateAction<ReadonlySet<string>>> };
}

function changed(ids: ReadonlySet<string>, which: string[], isSelected: boolean): ReadonlySet<string> {
  const next = new Set(ids);
  for (const id of which) {
    if (isSelected) next.add(id);
    else next.delete(id);
  }
  return next;
}

interface RowProps<T extends Named> extends Pick<Props<T>, "columns" | "actions" | "runner"> {
  row: T;
  rowIndex: number;
  language: string;
  /** Undefined: rows cannot be selected. */
  isSelected: boolean | undefined;
  onSelect: ((ids: string[], isSelected: boolean) => void) | undefined;
}

function Row<T extends Named>({ row, rowIndex, columns, actions = [], runner, isSelected, onSelect }: RowProps<T>) {
  return (
    <Tr data-row={nameOf(row)}>
      {isSelected !== undefined && (
        <Td
          select={{
            rowIndex,
            isSelected,
            onSelect: (_event, isNowSelected) => onSelect?.([String(row.id)], isNowSelected),
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
  );
}

/** Draws a row again only when it has changed: most events are about one row of many. */
const MemoRow = memo(
  Row,
  (before, after) =>
    before.row === after.row &&
    before.rowIndex === after.rowIndex &&
    before.isSelected === after.isSelected &&
    before.language === after.language &&
    before.columns.length === after.columns.length,
) as typeof Row;

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
  const { t, i18n } = useTranslation();
  const isFalling = sort.startsWith("-");
  const sorted = isFalling ? sort.slice(1) : sort;
  const select = (ids: string[], isSelected: boolean) =>
    selection?.onChange((current) => changed(current, ids, isSelected));
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
          <MemoRow
            key={row.id}
            row={row}
            rowIndex={rowIndex}
            language={i18n.language}
            columns={columns}
            actions={actions}
            runner={runner}
            isSelected={selection?.ids.has(String(row.id))}
            onSelect={select}
          />
        ))}
      </Tbody>
    </Table>
  );
}
