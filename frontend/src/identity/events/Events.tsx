// The event log: what was done here, when and by whom; the newest first.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { TextField } from "~/kit/Field";
import { More } from "~/kit/More";
import { Panel, Screen } from "~/kit/Panel";
import { Empty, NotAllowed, Shown } from "~/kit/states";
import { useHearing } from "~/live/hearing";
import { SettingsTabs } from "../SettingsTabs";
import { useMay } from "../session";
import { EventRow } from "./EventRow";
import styles from "./Events.module.css";
import { FAMILIES, isAskedFor, kindsOf, useKindTexts } from "./kinds";

export function Events() {
  return useMay("events:read") ? <Page /> : <NotAllowed />;
}

interface Asked {
  kind?: string;
  subject?: string;
}

function Page() {
  const { t } = useTranslation();
  const asked = useSearch({ from: "/signed-in/settings/events" });
  const navigate = useNavigate();
  const ask = (changed: Asked) => void navigate({ to: "/settings/events", search: changed, replace: true });

  return (
    <Screen title={t("settings.title")}>
      <SettingsTabs />
      <p className={styles.about}>{t("events.detail")}</p>
      {/* A new subject from elsewhere makes the filter anew; what is typed in it is its own until then. */}
      <Filter key={asked.subject ?? ""} asked={asked} onAsk={ask} />
      <Log key={JSON.stringify(asked)} asked={asked} onAsk={ask} />
    </Screen>
  );
}

function Filter({ asked, onAsk }: { asked: Asked; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const texts = useKindTexts();
  const [subject, setSubject] = useState(asked.subject ?? "");
  const choices = useMemo(
    () =>
      FAMILIES.flatMap((family) => [
        {
          id: `${family}.*`,
          label: t("events.all_about", { family: texts.family(family) }),
          detail: `${family}.*`,
        },
        ...kindsOf(family).map((kind) => ({ id: kind, label: texts.kind(kind), detail: kind })),
      ]),
    [t, texts],
  );
  const put = (changed: { kind?: string; subject?: string }) => {
    const { kind = "", subject: about = "" } = { ...asked, ...changed };
    onAsk({ ...(kind && { kind }), ...(about.trim() && { subject: about.trim() }) });
  };
  return (
    <form
      className={styles.filter}
      onSubmit={(event) => {
        event.preventDefault();
        put({ subject });
      }}
    >
      <ComboField
        label={t("events.kind")}
        placeholder={t("events.any_kind")}
        value={asked.kind ?? ""}
        onChange={(kind) => put({ kind })}
        choices={choices}
      />
      <TextField
        label={t("events.subject")}
        placeholder={t("events.subject_hint")}
        value={subject}
        onChange={setSubject}
        maxLength={200}
      />
      {(asked.kind || asked.subject) && <Button onPress={() => onAsk({})}>{t("events.clear")}</Button>}
    </form>
  );
}

const PAGE = 50;

function Log({ asked, onAsk }: { asked: Asked; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const [heard, setHeard] = useState(0);
  const query = { newest_first: true, limit: PAGE, ...asked };
  const events = $api.useInfiniteQuery(
    "get",
    "/api/v1/events",
    { params: { query } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor, staleTime: 0 },
  );

  // Shown when asked for, so that nothing moves under the eyes of who is reading.
  useHearing((told) => {
    const fit = told.filter(
      (one) => isAskedFor(asked.kind, one.kind) && (!asked.subject || one.subject === asked.subject),
    );
    if (fit.length > 0) setHeard((before) => before + fit.length);
  });

  async function showNew(): Promise<void> {
    setHeard(0);
    await events.refetch();
  }

  return (
    <Panel
      title={t("events.title")}
      isFlush
      actions={
        <span role="status">
          {heard > 0 && <Button onPress={() => void showNew()}>{t("events.new", { count: heard })}</Button>}
        </span>
      }
    >
      <Shown query={events} rows={8}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          return found.length === 0 ? (
            <Empty
              title={t(asked.kind || asked.subject ? "events.none_such" : "events.none")}
              icon={<ScrollText size={22} aria-hidden="true" />}
            />
          ) : (
            <>
              <ul>
                {found.map((one) => (
                  <EventRow key={one.id} event={one} onOnly={(subject) => onAsk({ subject })} />
                ))}
              </ul>
              <More list={events} />
            </>
          );
        }}
      </Shown>
    </Panel>
  );
}
