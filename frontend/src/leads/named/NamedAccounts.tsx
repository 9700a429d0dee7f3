// One list: how far it is reached in the period, and its accounts with what was done there.

import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Pencil, Play, Plus, Trash2, Users } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { NamedAccountOut, NamedListOut } from "~/api/schema";
import { count, percent } from "~/i18n/numbers";
import { moment, relative } from "~/i18n/time";
import { useMay, useMe } from "~/identity/session";
import { Button, IconButton } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { Checkbox } from "~/kit/Field";
import { type Column, GrowingTable } from "~/kit/GrowingTable";
import { Menu } from "~/kit/Menu";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Bar } from "~/kit/Panel";
import { Empty, Shown } from "~/kit/states";
import styles from "./Accounts.module.css";
import { ListDialog } from "./ListDialog";
import { NameAccountsDialog } from "./NameAccountsDialog";
import { OpenLeadsDialog } from "./OpenLeadsDialog";
import { type Span, sinceOf } from "./period";
import { isOwn } from "./useLists";
import { useWhose } from "./whose";

const PAGE = 100;

export function NamedAccounts({
  listId,
  list,
  span,
}: {
  listId: string;
  list: NamedListOut | undefined;
  span: Span;
}) {
  const one = $api.useQuery(
    "get",
    "/api/v1/named-lists/{list_id}",
    { params: { path: { list_id: listId } } },
    list ? { initialData: list } : {},
  );
  return (
    <Shown query={{ ...one, data: list ?? one.data }} rows={8}>
      {(shown) => <Listed list={shown} span={span} />}
    </Shown>
  );
}

type Asked = "name" | "edit" | "remove" | { open: readonly NamedAccountOut[] };

function Listed({ list, span }: { list: NamedListOut; span: Span }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const whose = useWhose(list);
  const mayKeep = useMay("accounts:write");
  const mayAssign = useMay("leads:assign");
  const mayWork = useMay("leads:work");
  const mayOpen = mayWork && (mayAssign || isOwn(list, me));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const since = sinceOf(span);
  const found = $api.useInfiniteQuery(
    "get",
    "/api/v1/named-lists/{list_id}/accounts",
    { params: { path: { list_id: list.id }, query: { since, limit: PAGE } } },
    {
      initialPageParam: null,
      getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor,
    },
  );
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const chosen = rows.filter((one) => ticked.has(one.account_id));
  const close = () => setAsked(null);

  async function takeOff(accounts: readonly NamedAccountOut[]): Promise<void> {
    const ids = accounts.map((one) => one.account_id);
    const params = { path: { list_id: list.id } };
    try {
      await answer(
        api.POST("/api/v1/named-lists/{list_id}/accounts/remove", { params, body: { account_ids: ids } }),
      );
      setTicked(new Set());
      await readAgain(["/api/v1/named-lists"]);
      tell(t("named.taken_off", { count: ids.length, number: count(ids.length) }), () => void putBack(ids));
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  async function putBack(ids: string[]): Promise<void> {
    const params = { path: { list_id: list.id } };
    const body = { account_ids: ids, domains: [], names: [], move: false };
    try {
      await answer(api.POST("/api/v1/named-lists/{list_id}/accounts", { params, body }));
      await readAgain(["/api/v1/named-lists"]);
    } catch (error) {
      tellProblem(error, t("state.unreachable"));
    }
  }

  const removing = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE("/api/v1/named-lists/{list_id}", {
          params: { path: { list_id: list.id }, header: ifMatch(list.version) },
        }),
      ),
    onSuccess: async () => {
      close();
      await navigate({ to: "/accounts", search: ({ span: kept }) => ({ ...(kept && { span: kept }) }) });
      tell(t("named.removed", { name: list.name }));
      await readAgain(["/api/v1/named-lists"]);
    },
  });

  function tick(id: string, isTicked: boolean): void {
    setTicked((before) => {
      const after = new Set(before);
      if (isTicked) after.add(id);
      else after.delete(id);
      return after;
    });
  }

  const columns: Column<NamedAccountOut>[] = [
    ...(mayKeep || mayOpen
      ? [
          {
            id: "tick",
            label: t("named.choose"),
            width: "48px",
            head: (
              <Checkbox
                aria-label={t("named.choose_all")}
                isSelected={rows.length > 0 && chosen.length === rows.length}
                isIndeterminate={chosen.length > 0 && chosen.length < rows.length}
                onChange={(all) => setTicked(new Set(all ? rows.map((one) => one.account_id) : []))}
              >
                {""}
              </Checkbox>
            ),
            cell: (one: NamedAccountOut) => (
              <Checkbox
                aria-label={t("named.choose_one", { name: one.name })}
                isSelected={ticked.has(one.account_id)}
                onChange={(isTicked) => tick(one.account_id, isTicked)}
              >
                {""}
              </Checkbox>
            ),
          },
        ]
      : []),
    {
      id: "name",
      label: t("named.account"),
      isName: true,
      cell: (one) => (
        <>
          <Link
            to="/accounts/$accountId"
            params={{ accountId: one.account_id }}
            className={styles.name}
            title={one.name}
          >
            {one.name}
          </Link>
          {one.domain && <span className={styles.detail}>{one.domain}</span>}
        </>
      ),
    },
    {
      id: "people",
      label: t("named.people"),
      width: "84px",
      isNumber: true,
      isOptional: true,
      cell: (one) => count(one.people),
    },
    {
      id: "engaged",
      label: t("named.engaged"),
      width: "92px",
      isNumber: true,
      cell: (one) =>
        one.is_penetrated ? (
          <span title={t("named.is_penetrated")}>
            <Users size={14} aria-label={t("named.is_penetrated")} /> <b>{count(one.engaged)}</b>
          </span>
        ) : one.engaged > 0 ? (
          count(one.engaged)
        ) : (
          <span className={styles.none}>{count(0)}</span>
        ),
    },
    {
      id: "touch",
      label: t("named.last_touch"),
      width: "130px",
      isOptional: true,
      cell: (one) =>
        one.last_touch_at ? (
          <time dateTime={one.last_touch_at} title={moment(one.last_touch_at)}>
            {relative(one.last_touch_at)}
          </time>
        ) : (
          <Badge tone="warn">{t("named.untouched")}</Badge>
        ),
    },
    {
      id: "leads",
      label: t("named.open_leads"),
      width: "110px",
      isNumber: true,
      isOptional: true,
      cell: (one) =>
        one.open_leads > 0 ? count(one.open_leads) : <span className={styles.none}>{count(0)}</span>,
    },
    ...(mayKeep || mayOpen
      ? [
          {
            id: "more",
            label: t("named.more"),
            width: "56px",
            head: "",
            cell: (one: NamedAccountOut) => (
              <Menu
                label={t("named.more_of", { name: one.name })}
                choices={[
                  ...(mayOpen
                    ? [{ id: "open", label: t("named.open"), run: () => setAsked({ open: [one] }) }]
                    : []),
                  ...(mayKeep
                    ? [{ id: "off", label: t("named.take_off"), run: () => void takeOff([one]), isDanger: true }]
                    : []),
                ]}
              >
                <IconButton label={t("named.more_of", { name: one.name })}>
                  <Ellipsis size={16} aria-hidden="true" />
                </IconButton>
              </Menu>
            ),
          },
        ]
      : []),
  ];

  return (
    <section className={styles.content} aria-label={list.name}>
      <div className={styles.head}>
        <div className={styles.names}>
          <h2>{list.name}</h2>
          <p className={styles.detail}>{t("named.whose", { name: whose })}</p>
        </div>
        <div className={styles.actions}>
          {mayKeep && (
            <Menu
              label={t("named.list_more")}
              choices={[
                {
                  id: "edit",
                  label: t("edit"),
                  icon: <Pencil size={14} aria-hidden="true" />,
                  run: () => setAsked("edit"),
                },
                {
                  id: "remove",
                  label: t("named.remove"),
                  icon: <Trash2 size={14} aria-hidden="true" />,
                  run: () => setAsked("remove"),
                  isDanger: true,
                },
              ]}
            >
              <IconButton label={t("named.list_more")}>
                <Ellipsis size={16} aria-hidden="true" />
              </IconButton>
            </Menu>
          )}
          {mayKeep && (
            <Button onPress={() => setAsked("name")}>
              <Plus size={14} aria-hidden="true" /> {t("named.name_accounts")}
            </Button>
          )}
          {mayOpen && rows.length > 0 && (
            <Button look="primary" onPress={() => setAsked({ open: chosen })}>
              <Play size={14} aria-hidden="true" /> {t("named.open")}
            </Button>
          )}
        </div>
      </div>
      <Tiles list={list} since={since} needed={rows[0]?.needed} />
      <div className={styles.table}>
        {chosen.length > 0 && (
          <div className={styles.bar} role="status">
            <span>{t("named.chosen", { count: chosen.length, number: count(chosen.length) })}</span>
            {mayKeep && (
              <Button look="quiet" onPress={() => void takeOff(chosen)}>
                {t("named.take_off")}
              </Button>
            )}
            <Button look="quiet" onPress={() => setTicked(new Set())}>
              {t("named.choose_none")}
            </Button>
          </div>
        )}
        <Shown query={found} rows={8}>
          {() =>
            rows.length === 0 ? (
              <Empty title={t("named.empty")}>
                {t(mayKeep ? "named.empty_detail" : "named.empty_detail_rep")}
              </Empty>
            ) : (
              <GrowingTable
                label={list.name}
                columns={columns}
                rows={rows}
                idOf={(one) => one.account_id}
                hasMore={found.hasNextPage}
                isReadingMore={found.isFetchingNextPage}
                onMore={() => void found.fetchNextPage()}
              />
            )
          }
        </Shown>
      </div>
      {asked === "name" && <NameAccountsDialog list={list} onClose={close} />}
      {asked === "edit" && <ListDialog list={list} onClose={close} />}
      {asked === "remove" && (
        <ConfirmDialog
          title={t("named.remove_title", { name: list.name })}
          detail={t("named.remove_detail")}
          action={t("named.remove")}
          error={removing.error}
          isPending={removing.isPending}
          onClose={close}
          onConfirm={() => removing.mutate()}
        />
      )}
      {typeof asked === "object" && asked && <OpenLeadsDialog list={list} accounts={asked.open} onClose={close} />}
    </section>
  );
}

function Tiles({ list, since, needed }: { list: NamedListOut; since: string; needed: number | undefined }) {
  const { t } = useTranslation();
  const reach = $api.useQuery("get", "/api/v1/named-lists/reach", {
    params: { query: { list_id: list.id, since } },
  });
  return (
    <Shown query={reach} rows={2}>
      {(found) => (
        <ul className={styles.tiles}>
          <li className={styles.tile}>
            <span className={styles.detail}>{t("named.named")}</span>
            <span className={styles.value}>{count(found.accounts)}</span>
          </li>
          <Share
            name={t("named.coverage")}
            share={found.coverage}
            detail={t("named.touched_of", { some: count(found.touched), all: count(found.accounts) })}
          />
          <Share
            name={t("named.penetration")}
            share={found.penetration}
            detail={
              needed === undefined
                ? t("named.penetrated_of", { some: count(found.penetrated), all: count(found.accounts) })
                : t("named.penetrated_by", {
                    count: needed,
                    some: count(found.penetrated),
                    all: count(found.accounts),
                    number: count(needed),
                  })
            }
          />
        </ul>
      )}
    </Shown>
  );
}

function Share({ name, share, detail }: { name: string; share: number | null; detail: string }) {
  return (
    <li className={styles.tile}>
      <span className={styles.detail}>{name}</span>
      <span className={styles.value}>{percent(share)}</span>
      <Bar share={share ?? 0} label={name} />
      <span className={styles.detail} title={detail}>
        {detail}
      </span>
    </li>
  );
}
