// The mailboxes of the whole organisation, and which of them refuse.

import { Link } from "@tanstack/react-router";
import { Mails } from "lucide-react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { useUsers } from "~/identity/session";
import { More } from "~/kit/More";
import { Panel } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import { Table } from "~/kit/Table";
import styles from "./Mailbox.module.css";
import { StateBadge } from "./Standing";

export function EveryMailbox() {
  const { t } = useTranslation();
  const users = useUsers();
  const list = $api.useInfiniteQuery(
    "get",
    "/api/v1/mail/mailboxes",
    { params: { query: { limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  return (
    <Panel title={t("mailbox.all")} isFlush>
      <Shown query={list} rows={4}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          return found.length === 0 ? (
            <Empty title={t("mailbox.none")} icon={<Mails size={22} aria-hidden="true" />}>
              {t("mailbox.none_detail")}
            </Empty>
          ) : (
            <>
              <Table
                label={t("mailbox.all")}
                rows={found}
                idOf={(one) => one.id}
                columns={[
                  {
                    id: "address",
                    label: t("mailbox.address"),
                    isName: true,
                    cell: (one) => (
                      <>
                        <Link to="/settings/mailbox/$mailboxId" params={{ mailboxId: one.id }}>
                          <b>{one.address}</b>
                        </Link>
                        {one.problem && <span className={styles.detail}>{one.problem}</span>}
                      </>
                    ),
                  },
                  { id: "user", label: t("mailbox.user"), cell: (one) => users.get(one.user_id)?.name },
                  {
                    id: "servers",
                    label: t("mailbox.servers"),
                    isOptional: true,
                    cell: (one) => `${one.smtp_host} · ${one.imap_host}`,
                  },
                  {
                    id: "state",
                    label: t("mailbox.stands"),
                    width: "150px",
                    cell: (one) => <StateBadge state={one.state} />,
                  },
                ]}
              />
              <More list={list} />
            </>
          );
        }}
      </Shown>
    </Panel>
  );
}
