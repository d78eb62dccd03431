import { Button, EmptyState, EmptyStateBody, PageSection, Switch, Toolbar, ToolbarContent, ToolbarItem, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Grant, ReviewOrder } from "../../../api/types";
import { useActions } from "../../../shared/actions/useActions";
import { PageHeading } from "../../../shared/components/PageHeading";
import { Failed, Loading } from "../../../shared/components/states";
import { api, toSearch } from "../../../shared/http/client";
import { ListTable } from "../../../shared/list/ListTable";
import { grantActions, useGrantColumns } from "../grants/GrantsPage";

const ORDERS: ReviewOrder[] = ["USER", "OBJECT"];
/** More rows than this are for the exported file. */
const SHOWN = 1000;

/** All grants that one may see, to take away what is not needed any more. */
export function ReviewPage() {
  const { t } = useTranslation();
  const [by, setBy] = useState<ReviewOrder>("USER");
  const [unused, setUnused] = useState(false);
  const runner = useActions<Grant>("grants");
  const columns = useGrantColumns().map((column) => ({ ...column, sort: undefined }));
  const query = { by, unused };
  const { data, error, refetch } = useQuery({
    queryKey: ["grants", "review", query],
    queryFn: ({ signal }) => api.get<Grant[]>("/access/review", query, signal),
  });
  const body = () => {
    if (error !== null) {
      return <Failed error={error} retry={() => void refetch()} />;
    }
    if (data === undefined) {
      return <Loading />;
    }
    if (data.length === 0) {
      return (
        <EmptyState titleText={t(unused ? "access.allUsed" : "access.empty")} headingLevel="h2">
          <EmptyStateBody>{t(unused ? "access.allUsedBody" : "access.emptyBody")}</EmptyStateBody>
        </EmptyState>
      );
    }
    return (
      <>
        <p>
          {data.length > SHOWN
            ? t("access.reviewCut", { shown: SHOWN, total: data.length })
            : t("access.reviewCount", { count: data.length })}
        </p>
        <ListTable
          label={t("access.review")}
          columns={columns}
          rows={data.slice(0, SHOWN)}
          sort=""
          actions={grantActions}
          runner={runner}
        />
      </>
    );
  };
  return (
    <>
      <PageHeading
        title={t("access.review")}
        actions={
          <Button
            variant="secondary"
            component="a"
            href={`/api/v1/access/review.csv${toSearch(query)}`}
            download="access-review.csv"
          >
            {t("access.exportCsv")}
          </Button>
        }
      />
      <PageSection isFilled aria-label={t("access.review")}>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <ToggleGroup aria-label={t("access.reviewBy")}>
                {ORDERS.map((order) => (
                  <ToggleGroupItem
                    key={order}
                    buttonId={`review-${order}`}
                    text={t(`access.reviewOrders.${order}`)}
                    isSelected={by === order}
                    onChange={() => setBy(order)}
                  />
                ))}
              </ToggleGroup>
            </ToolbarItem>
            <ToolbarItem alignSelf="center">
              <Switch
                id="review-unused"
                label={t("access.onlyUnused")}
                isChecked={unused}
                onChange={(_event, isChecked) => setUnused(isChecked)}
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
