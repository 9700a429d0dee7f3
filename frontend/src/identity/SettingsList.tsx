// A list among the settings: what it is for, the way to add to it, its rows page by page, or what to do while there are none.

import type { InfiniteData } from "@tanstack/react-query";
import { type LucideIcon, Plus } from "lucide-react";
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { ExportMenu } from "~/kit/ExportMenu";
import { More } from "~/kit/More";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table, type TableColumn } from "~/kit/Table";
import styles from "./SettingsList.module.css";
import { SettingsTabs } from "./SettingsTabs";

interface Pages<T> {
  data: InfiniteData<{ items: T[] }> | undefined;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** `texts` is where its words stand; `children` are its dialogs; `exported` is the path that writes it as a file. */
export function SettingsList<T extends { id: string }>({
  texts,
  icon: Icon,
  list,
  columns,
  exported,
  onAdd,
  children,
}: {
  texts: "api_tokens" | "forms" | "hooks" | "webhooks";
  icon: LucideIcon;
  list: Pages<T>;
  columns: readonly TableColumn<T>[];
  exported?: string;
  onAdd: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Screen
      title={t("settings.title")}
      actions={
        <>
          {exported && <ExportMenu path={exported} query={{}} />}
          <Button look="primary" onPress={onAdd}>
            <Plus size={14} aria-hidden="true" /> {t(`${texts}.add`)}
          </Button>
        </>
      }
    >
      <SettingsTabs />
      <p className={styles.about}>{t(`${texts}.detail`)}</p>
      <Panel title={t(`${texts}.title`)} isFlush>
        <Shown query={list} rows={4}>
          {({ pages }) => {
            const found = pages.flatMap((page) => page.items);
            return found.length === 0 ? (
              <Empty title={t(`${texts}.none`)} icon={<Icon size={22} aria-hidden="true" />}>
                {t(`${texts}.none_detail`)}
              </Empty>
            ) : (
              <>
                <Table label={t(`${texts}.title`)} rows={found} idOf={(one) => one.id} columns={columns} />
                <More list={list} />
              </>
            );
          }}
        </Shown>
      </Panel>
      {children}
    </Screen>
  );
}
