// One inbox of what persons wrote to us: what waits for an answer first, each conversation beside the list, every step
// by one key.

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { MailOpen } from "lucide-react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ListedConversationOut } from "~/api/schema";
import { moment, relative } from "~/i18n/time";
import { useMay, useMe, useUsers } from "~/identity/session";
import { SelectField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Badge, Panel, Screen } from "~/kit/Panel";
import { Empty, Failed, Loading, NotAllowed } from "~/kit/states";
import { useShortcuts } from "~/shell/keys";
import { usePhone } from "~/voice/phone/phone";
import { Conversation } from "./Conversation";
import { useConversations, useOwnReading } from "./data";
import styles from "./Inbox.module.css";
import { KindBadge } from "./KindBadge";
import { beside, type InboxShown, opened, STATES, WHOSE, type Whose } from "./shown";

export function Inbox() {
  return useMay("leads:read") ? <Conversations /> : <NotAllowed />;
}

function Conversations() {
  const { t } = useTranslation();
  const shown = useSearch({ from: "/signed-in/inbox" });
  const navigate = useNavigate();
  const { call } = usePhone();
  const list = useConversations(shown);
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const ids = items.map((one) => one.id);
  const { open } = shown;
  const first = shown.lead && !open ? ids[0] : undefined;

  function show(changes: InboxShown): void {
    void navigate({ to: "/inbox", search: { ...shown, ...changes }, replace: true });
  }
  function go(step: 1 | -1): void {
    const id = beside(ids, open, step);
    if (id) show({ open: id });
  }
  useEffect(() => {
    // Who comes for a lead's mail wants to read it.
    if (first) void navigate({ to: "/inbox", search: { ...shown, open: first }, replace: true });
  }, [first, navigate, shown]);
  useEffect(() => {
    if (open) document.getElementById(rowId(open))?.scrollIntoView({ block: "nearest" });
  }, [open]);

  const group = t("inbox.keys");
  const next = { label: t("inbox.next"), group, run: () => go(1) };
  const previous = { label: t("inbox.previous"), group, run: () => go(-1) };
  // While one talks, j and k are the phone's.
  const letters = call
    ? []
    : [
        { ...next, keys: "j" },
        { ...previous, keys: "k" },
      ];
  useShortcuts([...letters, { ...next, keys: "ArrowDown" }, { ...previous, keys: "ArrowUp" }]);

  /** What was just dealt with leaves the list: the next one comes up. */
  function onDealtWith(id: string): void {
    const place = ids.indexOf(id);
    const following = ids[place + 1] ?? ids[place - 1];
    void navigate({ to: "/inbox", search: opened(shown, following), replace: true });
  }

  return (
    <Screen title={t("places.inbox")} isWide>
      <Trouble />
      <div className={`${styles.bar} ${open ? styles.reading : ""}`}>
        {shown.lead ? (
          <Link to="/inbox" search={{}} className={styles.tab}>
            {t("inbox.all")}
          </Link>
        ) : (
          <nav aria-label={t("places.inbox")} className={styles.tabs}>
            {STATES.map((one) => (
              <Link
                key={one}
                to="/inbox"
                search={{
                  ...(one !== "to_answer" && { show: one }),
                  ...(shown.whose && { whose: shown.whose }),
                }}
                activeOptions={{ exact: true }}
                aria-current={one === (shown.show ?? "to_answer") ? "page" : undefined}
                className={styles.tab}
              >
                {t(`inbox.show.${one}`)}
              </Link>
            ))}
          </nav>
        )}
        {!shown.lead && <WhoseField value={shown.whose ?? "mine"} shown={shown} />}
      </div>
      <div className={`${styles.columns} ${open ? styles.reading : ""}`}>
        <div className={styles.list}>
          <Panel isFlush label={t(`inbox.show.${shown.show ?? "to_answer"}`)}>
            {list.error && !list.data ? (
              <Failed error={list.error} onRetry={() => void list.refetch()} />
            ) : !list.data ? (
              <Loading rows={6} />
            ) : items.length === 0 ? (
              <Empty title={t(`inbox.none.${shown.lead ? "lead" : (shown.show ?? "to_answer")}`)}>
                {!shown.lead && !shown.show && t("inbox.none_detail")}
              </Empty>
            ) : (
              <>
                <ul className={styles.rows}>
                  {items.map((one) => (
                    <Row key={one.id} item={one} shown={shown} />
                  ))}
                </ul>
                <More list={list} />
              </>
            )}
          </Panel>
        </div>
        <div className={styles.one}>
          {open ? (
            <Conversation
              key={open}
              id={open}
              listed={items.find((one) => one.id === open)}
              onClose={() => void navigate({ to: "/inbox", search: opened(shown, undefined), replace: true })}
              onDealtWith={onDealtWith}
            />
          ) : (
            <div className={styles.nothing}>
              <Empty icon={<MailOpen size={22} aria-hidden="true" />} title={t("inbox.choose")}>
                {t("inbox.choose_detail")}
              </Empty>
            </div>
          )}
        </div>
      </div>
    </Screen>
  );
}

/** Why nothing may come in: one's mailbox is not there, or cannot be read. */
function Trouble() {
  const { t } = useTranslation();
  const maySend = useMay("mail:send");
  const { hasMailbox, reading } = useOwnReading();
  if (!maySend || hasMailbox === undefined) return null;
  if (!hasMailbox) {
    return (
      <p className={styles.trouble} role="status">
        {t("inbox.no_mailbox")} <Link to="/settings/mailbox">{t("inbox.connect")}</Link>
      </p>
    );
  }
  if (!reading?.problem) return null;
  return (
    <p className={styles.trouble} role="status">
      {t("inbox.refusing", { problem: reading.problem })}{" "}
      {reading.retry_at && t("inbox.retry", { when: relative(reading.retry_at) })}{" "}
      <Link to="/settings/mailbox">{t("inbox.mend")}</Link>
    </p>
  );
}

function WhoseField({ value, shown }: { value: Whose; shown: InboxShown }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const offered = WHOSE.filter((one) => one !== "team" || me.team_id);
  return (
    <SelectField
      label={t("inbox.whose")}
      isLabelHidden
      value={value}
      onChange={(whose) =>
        void navigate({
          to: "/inbox",
          search: { ...(shown.show && { show: shown.show }), ...(whose !== "mine" && { whose: whose as Whose }) },
          replace: true,
        })
      }
      choices={offered.map((id) => ({ id, label: t(`inbox.of.${id}`) }))}
    />
  );
}

function rowId(id: string): string {
  return `conversation-${id}`;
}

function Row({ item, shown }: { item: ListedConversationOut; shown: InboxShown }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const name = item.person_name ?? item.person_address;
  const isOpen = shown.open === item.id;
  return (
    <li id={rowId(item.id)}>
      <Link
        to="/inbox"
        search={{ ...shown, open: item.id }}
        replace
        aria-current={isOpen ? "true" : undefined}
        className={styles.row}
      >
        <span className={styles.line}>
          <span className={styles.name}>{name}</span>
          <time dateTime={item.last_at} title={moment(item.last_at)} className={styles.when}>
            {relative(item.last_at)}
          </time>
        </span>
        {item.company && <span className={styles.faint}>{item.company}</span>}
        <span className={styles.subject}>{item.subject || t("inbox.no_subject")}</span>
        <span className={styles.snippet}>
          {item.last_kind === "sent" && `${t("inbox.you_wrote")} `}
          {item.snippet}
        </span>
        <span className={styles.marks}>
          <KindBadge kind={item.last_kind} />
          {item.snoozed_until && <Badge>{t("inbox.until", { when: moment(item.snoozed_until) })}</Badge>}
          {item.assignee_id !== me.id && <Badge>{users.get(item.assignee_id)?.name}</Badge>}
          {item.mails > 1 && <span className={styles.count}>{t("inbox.mails", { count: item.mails })}</span>}
        </span>
      </Link>
    </li>
  );
}
