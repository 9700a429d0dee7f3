// One's meetings: those to come, and those of the last days whose outcome nobody has told.

import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api } from "~/api/client";
import type { MeetingOut } from "~/api/schema";
import { clock, shortDay } from "~/i18n/time";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { tell, tellProblem } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { More } from "~/kit/More";
import { Empty, Shown } from "~/kit/states";
import { useNow } from "~/kit/useNow";
import styles from "./Calendar.module.css";
import { MEETINGS, readMeetingsAgain } from "./data";
import { Row, Rows } from "./Rows";

const TONES = { none: "neutral", accepted: "ok", declined: "danger", tentative: "warn" } as const;
const DAYS_BACK = 14;

export function Meetings() {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow();
  const [since] = useState(() => new Date(Date.now() - DAYS_BACK * 86_400_000).toISOString());
  const [ending, setEnding] = useState<MeetingOut | null>(null);
  const list = $api.useInfiniteQuery(
    "get",
    MEETINGS,
    { params: { query: { host_id: me.id, state: ["booked"], since, limit: 50 } } },
    { initialPageParam: null, getNextPageParam: (page) => page.next_cursor },
  );
  const outcome = useMutation({
    mutationFn: ({ id, told }: { id: string; told: "held" | "no_show" }) => {
      const params = { path: { meeting_id: id } };
      return answer(
        api.POST("/api/v1/calendar/meetings/{meeting_id}/outcome", { params, body: { outcome: told } }),
      );
    },
    onSuccess: async (_, { told }) => {
      tell(t(`hand_off.told.${told}`));
      await readMeetingsAgain();
    },
    onError: (error) => tellProblem(error, t("state.unreachable")),
  });

  return (
    <Panel title={t("meetings.title")} isFlush>
      <Shown query={list} rows={3}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.items);
          return found.length === 0 ? (
            <Empty title={t("meetings.none")} icon={<CalendarCheck size={22} aria-hidden="true" />}>
              {t("meetings.none_detail")}
            </Empty>
          ) : (
            <>
              <Rows label={t("meetings.title")}>
                {found.map((one) => (
                  <Row
                    key={one.id}
                    state={
                      one.address ? (
                        <Badge tone={TONES[one.answer]}>{t(`meetings.answers.${one.answer}`)}</Badge>
                      ) : (
                        <span className={styles.detail}>{t("meetings.uninvited")}</span>
                      )
                    }
                    actions={
                      new Date(one.starts_at) <= now ? (
                        (["held", "no_show"] as const).map((told) => (
                          <Button key={told} onPress={() => outcome.mutate({ id: one.id, told })}>
                            {t(`meeting_outcome.${told}`)}
                          </Button>
                        ))
                      ) : (
                        <Button look="danger" onPress={() => setEnding(one)}>
                          {t("meetings.call_off")}
                        </Button>
                      )
                    }
                  >
                    <b>
                      <time dateTime={one.starts_at}>
                        {shortDay(one.starts_at)}, {clock(one.starts_at)}–{clock(one.ends_at)}
                      </time>
                    </b>
                    <What meeting={one} />
                  </Row>
                ))}
              </Rows>
              <More list={list} />
            </>
          );
        }}
      </Shown>
      {ending && <CallingOff meeting={ending} onClose={() => setEnding(null)} />}
    </Panel>
  );
}

function What({ meeting }: { meeting: MeetingOut }) {
  const unsent = meeting.mails.find((one) => one.problem && one.state !== "handed");
  return (
    <>
      <span className={styles.line}>
        {meeting.lead_id ? (
          <Link to="/leads/$leadId" params={{ leadId: meeting.lead_id }}>
            {meeting.title}
          </Link>
        ) : (
          meeting.title
        )}
      </span>
      {meeting.location && <span className={styles.detail}>{meeting.location}</span>}
      {meeting.note && <span className={styles.detail}>{meeting.note}</span>}
      {unsent && <span className={styles.problem}>{unsent.problem}</span>}
      {meeting.remote_problem && <span className={styles.problem}>{meeting.remote_problem}</span>}
    </>
  );
}

function CallingOff({ meeting, onClose }: { meeting: MeetingOut; onClose: () => void }) {
  const { t } = useTranslation();
  const callOff = useMutation({
    mutationFn: () => {
      const params = { path: { meeting_id: meeting.id } };
      return answer(
        api.POST("/api/v1/calendar/meetings/{meeting_id}/call-off", { params, body: { because: "" } }),
      );
    },
    onSuccess: async () => {
      tell(t("hand_off.told.cancelled"));
      onClose();
      await readMeetingsAgain();
    },
  });
  return (
    <ConfirmDialog
      title={t("meetings.call_off_title")}
      detail={t(meeting.address ? "meetings.call_off_detail" : "meetings.call_off_quiet", {
        address: meeting.address,
      })}
      action={t("meetings.call_off")}
      error={callOff.error}
      isPending={callOff.isPending}
      onClose={onClose}
      onConfirm={() => callOff.mutate()}
    />
  );
}
