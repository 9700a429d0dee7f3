// Booking pages: one's own, and those of pools for who looks after them.

import { useMutation } from "@tanstack/react-query";
import { Copy, ExternalLink, Plus, Presentation } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { BookingPageOut } from "~/api/schema";
import { useMay, useMe, useUsers } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { More } from "~/kit/More";
import { Empty, Shown } from "~/kit/states";
import styles from "./Calendar.module.css";
import { PAGES } from "./data";
import { PageDialog } from "./PageDialog";
import { Row, Rows } from "./Rows";

export function Pages() {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const seesAll = useMay("leads:assign");
  const [editing, setEditing] = useState<BookingPageOut | "own" | "pool" | null>(null);
  const list = $api.useInfiniteQuery(
    "get",
    PAGES,
    { params: { query: { limit: 100 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  const turn = useMutation({
    mutationFn: (one: BookingPageOut) => {
      const params = { path: { page_id: one.id }, header: ifMatch(one.version) };
      const body = { is_active: !one.is_active };
      return answer(api.PATCH("/api/v1/calendar/pages/{page_id}", { params, body }));
    },
    onSuccess: () => readAgain([PAGES]),
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });

  async function copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      tell(t("copied"));
    } catch (error) {
      tellProblem(error, t("not_copied"));
    }
  }

  const hostsOf = (one: BookingPageOut) =>
    one.hosts.map(({ user_id }) => users.get(user_id)?.name ?? "").join(", ");

  return (
    <Panel
      title={t("booking.pages")}
      isFlush
      actions={
        <>
          {seesAll && <Button onPress={() => setEditing("pool")}>{t("booking.add_pool")}</Button>}
          <Button onPress={() => setEditing("own")}>
            <Plus size={14} aria-hidden="true" /> {t("booking.add")}
          </Button>
        </>
      }
    >
      <Shown query={list} rows={2}>
        {({ pages }) => {
          const every = pages.flatMap((page) => page.items);
          const found = seesAll
            ? every
            : every.filter(({ hosts }) => hosts.some(({ user_id }) => user_id === me.id));
          return found.length === 0 ? (
            <Empty title={t("booking.none")} icon={<Presentation size={22} aria-hidden="true" />}>
              {t("booking.none_detail")}
            </Empty>
          ) : (
            <>
              <Rows label={t("booking.pages")}>
                {found.map((one) => (
                  <Row
                    key={one.id}
                    state={
                      <Badge tone={one.is_active ? "ok" : "neutral"}>
                        {t(one.is_active ? "booking.open" : "booking.closed")}
                      </Badge>
                    }
                    actions={
                      <>
                        <IconButton
                          label={t("copy_named", { what: t("booking.address_of", { name: one.title }) })}
                          onPress={() => void copy(one.address)}
                        >
                          <Copy size={15} aria-hidden="true" />
                        </IconButton>
                        {(seesAll || one.owner_id === me.id) && (
                          <>
                            <Button onPress={() => setEditing(one)}>{t("booking.edit")}</Button>
                            <Button onPress={() => turn.mutate(one)}>
                              {t(one.is_active ? "booking.close" : "booking.reopen")}
                            </Button>
                          </>
                        )}
                      </>
                    }
                  >
                    <b>{one.title}</b>
                    <span className={styles.detail}>
                      <a href={one.address} target="_blank" rel="noreferrer">
                        {one.address.replace(/^https?:\/\//, "")} <ExternalLink size={12} aria-hidden="true" />
                      </a>
                    </span>
                    <span className={styles.detail}>
                      {[hostsOf(one), t("booking.for_minutes", { count: one.minutes })].join(" · ")}
                    </span>
                  </Row>
                ))}
              </Rows>
              <More list={list} />
            </>
          );
        }}
      </Shown>
      {editing !== null && (
        <PageDialog
          page={typeof editing === "string" ? null : editing}
          isPool={editing === "pool" || (typeof editing !== "string" && editing.owner_id === null)}
          onClose={() => setEditing(null)}
        />
      )}
    </Panel>
  );
}
