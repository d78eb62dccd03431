import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Button,
  PageSection,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { BulkBar } from "../actions/ActionViews";
import type { Action, Named } from "../actions/action";
import { useActions } from "../actions/useActions";
import { PageHeading } from "../components/PageHeading";
import { Failed, Loading } from "../components/states";
import type { Noun } from "../queryKeys";
import { ListTable, type Column } from "./ListTable";
import { termOf, toQuery, useListState, withTerm } from "./listState";
import { Pager } from "./Pager";
import { SearchField } from "./SearchField";
import { TermFilter, type TermFilterOptions } from "./TermFilter";
import { useList } from "./useList";

interface Props<T extends Named> {
  noun: Noun;
  title: string;
  columns: Column<T>[];
  defaultSort: string;
  searchPlaceholder: string;
  filter?: TermFilterOptions;
  /** What is searched for as long as nobody searches for anything. */
  withoutSearch?: string;
  actions?: Action<T>[];
  /** Buttons that make something new. */
  create?: ReactNode;
  /** What to say when there is nothing at all. */
  empty: { title: string; body: string; action?: ReactNode };
  /** Rows of lists that cannot be searched come without a search field. */
  isSearchable?: boolean;
  /** How often to read again what changes without an event. */
  refreshMs?: number;
}

const NO_ROWS: never[] = [];

/** A page with a list: search, filter, order and page in the address; actions per row and for many rows. */
export function ListPage<T extends Named>({
  noun,
  title,
  columns,
  defaultSort,
  searchPlaceholder,
  filter,
  withoutSearch = "",
  actions = NO_ROWS,
  create,
  empty,
  isSearchable = true,
  refreshMs,
}: Props<T>) {
  const { t } = useTranslation();
  const list = useListState(defaultSort);
  const { state } = list;
  const { data, error, isPending, isPlaceholderData, refetch } = useList<T>(
    noun,
    toQuery({ ...state, q: state.q === "" ? withoutSearch : state.q }),
    true,
    refreshMs,
  );
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const runner = useActions<T>(noun);
  const rows = data?.items ?? NO_ROWS;
  const selected = rows.filter((row) => selectedIds.has(String(row.id)));
  const hasBulk = actions.some((action) => action.isBulk === true);

  const clearSearch = (
    <Button variant="link" onClick={() => list.change({ q: "" })}>
      {t("list.clearSearch")}
    </Button>
  );
  const body = () => {
    if (isPending) {
      return <Loading />;
    }
    if (error !== null && (data === undefined || isPlaceholderData)) {
      return <Failed error={error} retry={() => void refetch()} />;
    }
    if (rows.length > 0) {
      return (
        <ListTable
          label={title}
          columns={columns}
          rows={rows}
          sort={state.sort}
          onSort={(sort) => list.change({ sort })}
          actions={actions}
          runner={runner}
          selection={hasBulk ? { ids: selectedIds, onChange: setSelectedIds } : undefined}
        />
      );
    }
    return state.q !== "" ? (
      <EmptyState icon={SearchIcon} titleText={t("list.nothingFound")} headingLevel="h2">
        <EmptyStateBody>{t("list.nothingFoundBody")}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>{clearSearch}</EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    ) : (
      <EmptyState titleText={empty.title} headingLevel="h2">
        <EmptyStateBody>{empty.body}</EmptyStateBody>
        {empty.action !== undefined && (
          <EmptyStateFooter>
            <EmptyStateActions>{empty.action}</EmptyStateActions>
          </EmptyStateFooter>
        )}
      </EmptyState>
    );
  };

  return (
    <>
      <PageHeading title={title} actions={create} />
      <PageSection isFilled aria-label={title}>
        <Toolbar>
          <ToolbarContent>
            {isSearchable && (
              <ToolbarGroup variant="filter-group" className="meseta-filters">
                <ToolbarItem className="meseta-search">
                  <SearchField value={state.q} onChange={(q) => list.change({ q })} placeholder={searchPlaceholder} />
                </ToolbarItem>
                {filter !== undefined && (
                  <ToolbarItem>
                    <TermFilter
                      filter={filter}
                      value={termOf(state.q, filter.field)}
                      onChange={(value) => list.change({ q: withTerm(state.q, filter.field, value) })}
                    />
                  </ToolbarItem>
                )}
              </ToolbarGroup>
            )}
            {selected.length > 0 && <BulkBar actions={actions} selected={selected} runner={runner} />}
            <ToolbarItem align={{ default: "alignEnd" }}>
              <Pager
                limit={state.limit}
                isFirstPage={list.isFirstPage}
                nextCursor={data?.nextCursor}
                onLimit={(limit) => list.change({ limit })}
                onNext={list.next}
                onBack={list.back}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        {body()}
      </PageSection>
      {runner.dialogs}
    </>
  );
}
