import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  ToggleGroup,
  ToggleGroupItem,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FlowPage, NewFlow, Page } from "../../api/types";
import { PageHeading } from "../../shared/components/PageHeading";
import { Failed, Loading } from "../../shared/components/states";
import { api, toSearch } from "../../shared/http/client";
import { ListTable } from "../../shared/list/ListTable";
import { termOf, withTerm } from "../../shared/list/listState";
import { Pager } from "../../shared/list/Pager";
import { SearchField } from "../../shared/list/SearchField";
import { TermFilter } from "../../shared/list/TermFilter";
import { FlowLosses } from "./FlowLosses";
import { FlowMatrix } from "./FlowMatrix";
import { listQuery, rangeOf, RANGES, useFlowState, VIEWS, type FlowState, type RangeName } from "./flowState";
import { FlowTimeline } from "./FlowTimeline";
import { useConversationColumns, useNewFlowColumns } from "./useFlowColumns";

/** Flows come without events. A page that was turned stands still. */
const REFRESH_MS = 30_000;
const DIRECTIONS = ["EAST_WEST", "NORTH_SOUTH", "BROADCAST"];

type List = ReturnType<typeof useFlowState>;

function Nothing({ list }: { list: List }) {
  const { t } = useTranslation();
  return (
    <EmptyState titleText={t("flows.nothing")} headingLevel="h2">
      <EmptyStateBody>{list.state.q === "" ? t("flows.nothingBody") : t("list.nothingFoundBody")}</EmptyStateBody>
      {list.state.q !== "" && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="link" onClick={() => list.change({ q: "" })}>
              {t("list.clearSearch")}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}

function Pages({ list, shown }: { list: List; shown: { nextCursor?: string | null; from: string; to: string } | undefined }) {
  return (
    <Pager
      limit={list.state.limit}
      isFirstPage={list.isFirstPage}
      nextCursor={shown?.nextCursor}
      onLimit={(limit) => list.change({ limit })}
      onNext={(cursor) => shown !== undefined && list.next({ cursor, from: shown.from, to: shown.to })}
      onBack={list.back}
    />
  );
}

function Conversations({ list, refreshMs }: { list: List; refreshMs: number | undefined }) {
  const { t } = useTranslation();
  const columns = useConversationColumns();
  const { state } = list;
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ["flows", "list", state],
    queryFn: ({ signal }) => api.get<FlowPage>("/flows", listQuery(state, Date.now()), signal),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  if (error !== null && (data === undefined || isPlaceholderData)) {
    return <Failed error={error} retry={() => void refetch()} />;
  }
  if (data === undefined) {
    return <Loading />;
  }
  return data.items.length === 0 ? (
    <Nothing list={list} />
  ) : (
    <>
      <Pages list={list} shown={data} />
      <ListTable
        label={t("flows.views.conversations")}
        columns={columns}
        rows={data.items}
        sort={state.sort}
        onSort={(sort) => list.change({ sort })}
      />
    </>
  );
}

function NewFlows({ list, refreshMs }: { list: List; refreshMs: number | undefined }) {
  const { t } = useTranslation();
  const columns = useNewFlowColumns();
  const { state } = list;
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ["flows", "new", state],
    queryFn: async ({ signal }) => {
      const { from, to } = rangeOf(state, Date.now());
      const query = { since: from, q: state.q.trim() || undefined, limit: state.limit, cursor: state.cursor || undefined };
      const page = await api.get<Page<NewFlow>>("/flows/new-since", query, signal);
      return { ...page, from, to: to ?? new Date().toISOString() };
    },
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  if (error !== null && (data === undefined || isPlaceholderData)) {
    return <Failed error={error} retry={() => void refetch()} />;
  }
  if (data === undefined) {
    return <Loading />;
  }
  return data.items.length === 0 ? (
    <EmptyState titleText={t("flows.nothingNew")} headingLevel="h2">
      <EmptyStateBody>{t("flows.nothingNewBody")}</EmptyStateBody>
    </EmptyState>
  ) : (
    <>
      <Pages list={list} shown={data} />
      <ListTable label={t("flows.views.new")} columns={columns} rows={data.items} />
    </>
  );
}

function exportAddress(state: FlowState): string {
  const { from, to } = rangeOf(state, Date.now());
  return `/api/v1/flows/export${toSearch({ from, to, q: state.q.trim() || undefined })}`;
}

/** Who talks to whom inside the data center. */
export function FlowsPage() {
  const { t } = useTranslation();
  const list = useFlowState();
  const { state } = list;
  const refreshMs = state.cursor === "" ? REFRESH_MS : undefined;
  const view = () => {
    switch (state.view) {
      case "conversations":
        return <Conversations list={list} refreshMs={refreshMs} />;
      case "matrix":
        return (
          <FlowMatrix
            state={state}
            refreshMs={refreshMs}
            onPick={(client, server) =>
              list.change({
                view: "conversations",
                q: withTerm(withTerm(state.q, "client", client), "server", server),
              })
            }
          />
        );
      case "new":
        return <NewFlows list={list} refreshMs={refreshMs} />;
    }
  };
  return (
    <>
      <PageHeading
        title={t("flows.title")}
        actions={
          <Button
            variant="secondary"
            component="a"
            href={exportAddress(state)}
            download="meseta-flows.jsonl"
          >
            {t("flows.export")}
          </Button>
        }
      />
      <PageSection isFilled aria-label={t("flows.title")}>
        <FlowLosses state={state} refreshMs={refreshMs} />
        <Toolbar>
          <ToolbarContent>
            <ToolbarGroup variant="filter-group" className="meseta-filters">
              <ToolbarItem className="meseta-search">
                <SearchField
                  value={state.q}
                  onChange={(q) => list.change({ q })}
                  placeholder={t("flows.searchPlaceholder")}
                />
              </ToolbarItem>
              <ToolbarItem>
                <TermFilter
                  filter={{
                    field: "direction",
                    label: t("flows.direction"),
                    values: DIRECTIONS.map((value) => ({ value, label: t(`flows.directions.${value}`) })),
                  }}
                  value={termOf(state.q, "direction")}
                  onChange={(value) => list.change({ q: withTerm(state.q, "direction", value) })}
                />
              </ToolbarItem>
            </ToolbarGroup>
            <ToolbarItem>
              <ToggleGroup aria-label={t("flows.range")}>
                {(Object.keys(RANGES) as RangeName[]).map((range) => (
                  <ToggleGroupItem
                    key={range}
                    buttonId={`flows-range-${range}`}
                    text={t(`flows.ranges.${range}`)}
                    isSelected={state.range === range}
                    onChange={() => list.change({ range })}
                  />
                ))}
              </ToggleGroup>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        {state.view !== "new" && <FlowTimeline state={state} refreshMs={refreshMs} />}
        <ToggleGroup aria-label={t("flows.view")} className="meseta-kept">
          {VIEWS.map((name) => (
            <ToggleGroupItem
              key={name}
              buttonId={`flows-view-${name}`}
              text={t(`flows.views.${name}`)}
              isSelected={state.view === name}
              onChange={() => list.change({ view: name })}
            />
          ))}
        </ToggleGroup>
        {view()}
      </PageSection>
    </>
  );
}
