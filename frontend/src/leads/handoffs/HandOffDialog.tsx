// Handing a qualified lead to an AE: who takes it and when, by what the server knows of their day; a note; and the
// briefing that writes itself. What is most likely is chosen already, so that Enter is enough. While one is in a call with
// the lead, AEs are rung first (`LiveHandOff.tsx`).

import { useMutation } from "@tanstack/react-query";
import { CircleCheck, PhoneCall, Plane } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, Problem } from "~/api/client";
import { readAgain } from "~/api/query";
import type {
  HandedOffOut,
  HandOffOut,
  LeadOut,
  NewHandOffWithMeeting,
  OptionOut,
  PersonOut,
  SlotOut,
} from "~/api/schema";
import i18next from "i18next";
import { clock, shortDay, zoneName } from "~/i18n/time";
import { useMay, useUsers } from "~/identity/session";
import { Button, Kbd } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { Checkbox, TextAreaField, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Badge } from "~/kit/Panel";
import { Empty, FormProblem, Shown, wrongField } from "~/kit/states";
import { useDigits } from "~/shell/keys";
import { usePhone } from "~/voice/phone/phone";
import styles from "./HandOffDialog.module.css";
import { LiveHandOff } from "./LiveHandOff";

const CHANGED = [
  "/api/v1/calendar/meetings",
  "/api/v1/leads",
  "/api/v1/queue",
  "/api/v1/hand-offs",
  "/api/v1/goals",
];

interface Props {
  lead: LeadOut;
  person: PersonOut;
  onClose: () => void;
}

export function HandOffDialog({ lead, person, onClose }: Props) {
  const { t } = useTranslation();
  const options = $api.useQuery("get", "/api/v1/leads/{lead_id}/hand-off-options", {
    params: { path: { lead_id: lead.id }, query: { slots: 9 } },
  });
  const { call } = usePhone();
  const [isBooking, setBooking] = useState<"chosen" | "unanswered" | null>(null);
  const running = call?.lead_id === lead.id && call.answered_at ? call : null;
  const items = options.data?.items ?? [];
  if (running && !isBooking && items.length > 0 && (running.may.includes("bring") || running.bringing)) {
    return (
      <LiveHandOff
        call={running}
        person={person}
        options={items}
        onClose={onClose}
        onBook={(isUnanswered) => setBooking(isUnanswered ? "unanswered" : "chosen")}
      />
    );
  }
  return items.length > 0 ? (
    <Choice
      lead={lead}
      person={person}
      options={items}
      onClose={onClose}
      books={isBooking !== null}
      isUnanswered={isBooking === "unanswered"}
    />
  ) : (
    <Dialog title={t("hand_off.title", { name: person.full_name ?? "" })} isOpen onClose={onClose} width="wide">
      <Shown query={options}>
        {() => <Empty title={t("hand_off.nobody")}>{t("hand_off.nobody_detail")}</Empty>}
      </Shown>
    </Dialog>
  );
}

interface ChoiceProps extends Props {
  options: readonly OptionOut[];
  /** A meeting is wanted rather than a live hand-off. */
  books: boolean;
  /** AEs were rung, and none of them came. */
  isUnanswered: boolean;
}

function Choice({ lead, person, options, onClose, books, isUnanswered }: ChoiceProps) {
  const { t } = useTranslation();
  const users = useUsers();
  const mayOverride = useMay("criteria:write");
  const [aeId, setAeId] = useState(options[0]?.user.id);
  const option = options.find((one) => one.user.id === aeId) ?? options[0];
  /** When: null for live. What is not chosen is live where the AE can join now, else their first free time. */
  const [chosen, setChosen] = useState<SlotOut | null>();
  const joinsNow = option?.can_join_now && !books;
  const slot = chosen === undefined ? (joinsNow ? null : (option?.next_free[0] ?? null)) : chosen;
  const [note, setNote] = useState("");
  const [override, setOverride] = useState("");
  const [allowsOverlap, setAllowsOverlap] = useState(false);
  const needsOverride = lead.verdict !== "in";
  const [invites, setInvites] = useState(true);
  const emails = person.contact_points.filter((one) => one.kind === "email");
  const address = (emails.find((one) => one.is_primary) ?? emails[0])?.value;

  const handOff = useMutation({
    mutationFn: () => {
      const body: NewHandOffWithMeeting = {
        lead_id: lead.id,
        mode: slot ? "scheduled" : "live",
        meeting_at: slot?.starts_at ?? null,
        meeting_minutes: 30,
        allow_overlap: allowsOverlap,
        note,
        ae_id: option?.is_chosen ? null : (option?.user.id ?? null),
        override: (needsOverride && override) || null,
        invite: slot !== null && invites && address !== undefined,
        location: "",
        language: i18next.language === "es" ? "es" : "en",
        reminder_minutes: [1440, 60],
      };
      return answer<HandedOffOut>(api.POST("/api/v1/calendar/hand-offs", { body }));
    },
    onSuccess: ({ hand_off: made }) => {
      void readAgain(CHANGED);
      tell(t("hand_off.done", { ae: users.get(made.ae_id)?.name ?? "" }), () => void withdraw(made));
      onClose();
    },
  });
  const isOverlap = handOff.error instanceof Problem && handOff.error.code === "meeting-overlaps";

  async function withdraw(made: HandOffOut): Promise<void> {
    const sent = { params: { path: { hand_off_id: made.id } }, body: { note: "" } };
    await answer(api.POST("/api/v1/hand-offs/{hand_off_id}/withdraw", sent));
    await readAgain(CHANGED);
  }

  useDigits((place) => {
    if (place === 0) setChosen(null);
    else if (option?.next_free[place - 1]) setChosen(option.next_free[place - 1]);
  });

  return (
    <Dialog
      title={t("hand_off.title", { name: person.full_name ?? "" })}
      isOpen
      onClose={onClose}
      onSubmit={() => !handOff.isPending && handOff.mutate()}
      width="wide"
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={handOff.isPending}>
            {slot
              ? t("hand_off.do_at", {
                  when: `${shortDay(slot.starts_at, lead.time_zone)}, ${clock(slot.starts_at, lead.time_zone)}`,
                })
              : t("hand_off.do_live")}
          </Button>
        </>
      }
    >
      {isUnanswered && (
        <p role="status" className={styles.unanswered}>
          {t("live.nobody")}
        </p>
      )}
      <div className={styles.columns}>
        <fieldset className={styles.choices}>
          <legend>{t("hand_off.to")}</legend>
          {options.map((one, place) => (
            <label key={one.user.id} className={styles.choice}>
              <input
                type="radio"
                name="ae"
                checked={one.user.id === option?.user.id}
                onChange={() => {
                  setAeId(one.user.id);
                  setChosen(undefined);
                }}
                autoFocus={place === 0}
              />
              <Receiver option={one} />
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.choices}>
          <legend>{t("hand_off.when", { zone: zoneName(lead.time_zone) })}</legend>
          <label className={styles.choice}>
            <input type="radio" name="when" checked={slot === null} onChange={() => setChosen(null)} />
            <span className={styles.slot}>
              <span>
                <Kbd keys="1" /> {t("hand_off.live")}
              </span>
              <span className={styles.detail}>
                {t(option?.can_join_now ? "hand_off.can_join" : "hand_off.cannot_join")}
              </span>
            </span>
          </label>
          {option?.next_free.map((one, place) => (
            <label key={one.starts_at} className={styles.choice}>
              <input
                type="radio"
                name="when"
                checked={slot?.starts_at === one.starts_at}
                onChange={() => setChosen(one)}
              />
              <Slot slot={one} place={place} personZone={lead.time_zone} aeZone={option.user.time_zone} />
            </label>
          ))}
        </fieldset>
      </div>
      <TextAreaField label={t("hand_off.note")} value={note} onChange={setNote} rows={2} maxLength={2000} />
      {slot !== null &&
        (address === undefined ? (
          <p className={styles.detail}>{t("hand_off.uninvitable")}</p>
        ) : (
          <Checkbox isSelected={invites} onChange={setInvites}>
            {t("hand_off.invite", { address })}
          </Checkbox>
        ))}
      {needsOverride && mayOverride && (
        <TextField
          label={t("hand_off.override")}
          hint={t("hand_off.override_detail")}
          value={override}
          onChange={setOverride}
          error={wrongField(handOff.error, "override")}
          maxLength={2000}
        />
      )}
      <FormProblem error={handOff.error} />
      {isOverlap && (
        <Checkbox isSelected={allowsOverlap} onChange={setAllowsOverlap}>
          {t("hand_off.overlap")}
        </Checkbox>
      )}
    </Dialog>
  );
}

function Receiver({ option }: { option: OptionOut }) {
  const { t } = useTranslation();
  return (
    <span className={styles.receiver}>
      <span>
        <b>{option.user.name}</b>{" "}
        {option.is_chosen && (
          <Badge tone="accent">
            <CircleCheck size={12} aria-hidden="true" /> {t("hand_off.chosen")}
          </Badge>
        )}
      </span>
      <span className={styles.detail}>
        {zoneName(option.user.time_zone)} · {t("hand_off.undecided", { count: option.undecided })}
      </span>
      <span className={styles.marks}>
        {option.can_join_now && (
          <Badge tone="ok">
            <PhoneCall size={12} aria-hidden="true" /> {t("hand_off.free_now")}
          </Badge>
        )}
        {option.is_away && (
          <Badge tone="warn">
            <Plane size={12} aria-hidden="true" /> {t("hand_off.away")}
          </Badge>
        )}
        {option.is_full && <Badge tone="warn">{t("hand_off.full")}</Badge>}
        {!option.is_in_working_hours_now && !option.is_away && <Badge>{t("hand_off.off_hours")}</Badge>}
      </span>
      {option.is_chosen && <span className={styles.detail}>{option.explanation}</span>}
    </span>
  );
}

function Slot({
  slot,
  place,
  personZone,
  aeZone,
}: {
  slot: SlotOut;
  place: number;
  personZone: string;
  aeZone: string;
}) {
  const { t } = useTranslation();
  const theirs = clock(slot.starts_at, personZone);
  const aes = clock(slot.starts_at, aeZone);
  return (
    <span className={styles.slot}>
      <span>
        {place < 8 && <Kbd keys={String(place + 2)} />} {shortDay(slot.starts_at, personZone)}, <b>{theirs}</b>
      </span>
      <span className={styles.detail}>
        {aes !== theirs && t("hand_off.for_ae", { time: aes })}{" "}
        {!slot.is_in_person_hours && t("hand_off.odd_hour")}
      </span>
    </span>
  );
}
