import { Button, EmptyState, EmptyStateBody, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { FlowCell, FlowEnd, FlowMatrix as Matrix } from "../../api/types";
import { Failed, Loading } from "../../shared/components/states";
import { useFormat } from "../../shared/format/useFormat";
import { api } from "../../shared/http/client";
import { rangeOf, type FlowState } from "./flowState";

/** More than this many rows or columns is no picture any more. */
const SHOWN = 25;
const GROUPINGS = ["VM", "TAG"] as const;

/** How dark a cell is; by the root, so that small ones can be told apart too. */
const shade = (share: number) => ({ "--meseta-share": `${Math.round(15 + 70 * Math.sqrt(share))}%` }) as CSSProperties;

const keyOf = (end: FlowEnd) => end.vmId ?? (end.name === null ? end.kind : `${end.kind} ${end.name}`);

export interface Grid {
  clients: FlowEnd[];
  servers: FlowEnd[];
  cell: (client: FlowEnd, server: FlowEnd) => FlowCell | undefined;
  /** The largest number of bytes of a cell. */
  largest: number;
  /** Clients and servers that found no room. */
  hidden: number;
}

/** Those with the most bytes first; cells come in that order. */
export function gridOf(cells: FlowCell[], shown = SHOWN): Grid {
  const byKey = new Map(cells.map((cell) => [`${keyOf(cell.client)} > ${keyOf(cell.server)}`, cell]));
  const ends = (pick: (cell: FlowCell) => FlowEnd) => [...new Map(cells.map((cell) => [keyOf(pick(cell)), pick(cell)])).values()];
  const clients = ends((cell) => cell.client);
  const servers = ends((cell) => cell.server);
  return {
    clients: clients.slice(0, shown),
    servers: servers.slice(0, shown),
    cell: (client, server) => byKey.get(`${keyOf(client)} > ${keyOf(server)}`),
    largest: Math.max(1, ...cells.map((cell) => cell.bytes)),
    hidden: Math.max(0, clients.length - shown) + Math.max(0, servers.length - shown),
  };
}

interface Props {
  state: FlowState;
  refreshMs: number | undefined;
  /** Shows the conversations behind a cell. */
  onPick: (client: string, server: string) => void;
}

/** Who sends how much to whom. */
export function FlowMatrix({ state, refreshMs, onPick }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [groupBy, setGroupBy] = useState<(typeof GROUPINGS)[number]>("VM");
  const { q, range, from, to } = state;
  const { data, error, refetch } = useQuery({
    queryKey: ["flows", "matrix", { q, range, from, to, groupBy }],
    queryFn: ({ signal }) =>
      api.get<Matrix>(
        "/flows/matrix",
        { ...rangeOf(state, Date.now()), q: q.trim() || undefined, groupBy, limit: 1000 },
        signal,
      ),
    refetchInterval: refreshMs,
  });
  const nameOf = (end: FlowEnd) =>
    end.name ?? (groupBy === "TAG" && end.kind === "VM" ? t("flows.withoutTag") : t(`flows.end.${end.kind}`));
  const body = () => {
    if (data === undefined) {
      return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
    }
    if (data.items.length === 0) {
      return (
        <EmptyState titleText={t("flows.nothing")} headingLevel="h2">
          <EmptyStateBody>{t("flows.nothingBody")}</EmptyStateBody>
        </EmptyState>
      );
    }
    const grid = gridOf(data.items);
    return (
      <>
        <div className="meseta-matrix-frame">
          <table className="meseta-matrix" aria-label={t("flows.views.matrix")}>
            <thead>
              <tr>
                <th scope="col">{t("flows.fromTo")}</th>
                {grid.servers.map((server) => (
                  <th key={keyOf(server)} scope="col">
                    {nameOf(server)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {grid.clients.map((client) => (
                <tr key={keyOf(client)}>
                  <th scope="row">{nameOf(client)}</th>
                  {grid.servers.map((server) => {
                    const cell = grid.cell(client, server);
                    if (cell === undefined) {
                      return <td key={keyOf(server)} />;
                    }
                    const label = t("flows.cell", {
                      client: nameOf(client),
                      server: nameOf(server),
                      bytes: format.bytes(cell.bytes),
                      conversations: format.number(cell.conversations),
                    });
                    const canPick = groupBy === "VM" && client.name !== null && server.name !== null;
                    return (
                      <td
                        key={keyOf(server)}
                        title={label}
                        style={shade(cell.bytes / grid.largest)}
                      >
                        {canPick ? (
                          <Button
                            variant="link"
                            isInline
                            aria-label={label}
                            onClick={() => onPick(client.name ?? "", server.name ?? "")}
                          >
                            {format.bytes(cell.bytes)}
                          </Button>
                        ) : (
                          format.bytes(cell.bytes)
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {(grid.hidden > 0 || data.more) && <p className="meseta-kept">{t("flows.matrixCut")}</p>}
      </>
    );
  };
  return (
    <>
      <ToggleGroup aria-label={t("flows.groupBy")} className="meseta-kept">
        {GROUPINGS.map((grouping) => (
          <ToggleGroupItem
            key={grouping}
            buttonId={`flows-by-${grouping}`}
            text={t(`flows.grouping.${grouping}`)}
            isSelected={groupBy === grouping}
            onChange={() => setGroupBy(grouping)}
          />
        ))}
      </ToggleGroup>
      {body()}
    </>
  );
}
