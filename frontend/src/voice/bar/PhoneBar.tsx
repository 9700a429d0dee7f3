// The call one is in, above every screen: who, how it stands, how it sounds, and all that may be done in it by a key.
// Besides, the dialogs that calls open: one that comes in, one that the policy refuses, bringing somebody in.

import { Link } from "@tanstack/react-router";
import {
  CircleDot,
  CirclePause,
  Grid3x3,
  LogOut,
  type LucideIcon,
  Mic,
  MicOff,
  Pause,
  PhoneOff,
  Play,
  Signal,
  TriangleAlert,
  UserMinus,
  UserPlus,
  Users,
  Voicemail,
} from "lucide-react";
import { createElement, lazy, Suspense, useState } from "react";
import { Tooltip, TooltipTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { CallNow } from "~/api/schema";
import { decimal } from "~/i18n/numbers";
import { duration } from "~/i18n/time";
import { useMe } from "~/identity/session";
import { Button } from "~/kit/Button";
import { useStore } from "~/kit/store";
import { Badge } from "~/kit/Panel";
import { useShortcuts } from "~/shell/keys";
import { command, drop, mute, record, useCalling } from "../calling";
import {
  type Control,
  type ControlWords,
  controlsOf,
  healthOf,
  isRinging,
  othersOf,
  ownLeg,
  secondsOf,
  standingOf,
} from "../phone/controls";
import { usePhone } from "../phone/phone";
import { dialler } from "./dialler";
import { Dialler } from "./Dialler"; // at once: digits typed after its key are for it, not for the screen below
import { Keypad } from "./Keypad";
import { Levels } from "./Levels";
import styles from "./PhoneBar.module.css";
import { useSecond } from "./useSecond";

const Incoming = lazy(async () => ({ default: (await import("./Incoming")).Incoming }));
const BringDialog = lazy(async () => ({ default: (await import("./BringDialog")).BringDialog }));
const RefusedDialog = lazy(async () => ({ default: (await import("./RefusedDialog")).RefusedDialog }));

export function PhoneBar() {
  const me = useMe();
  const { call, skewMs } = usePhone();
  const { refused } = useCalling();
  const open = useStore(dialler);
  const rings = call !== null && isRinging(call, me.id);
  return (
    <>
      {call && !rings && <Bar key={call.id} call={call} skewMs={skewMs} />}
      <Suspense fallback={null}>
        {call && rings && <Incoming key={call.id} call={call} />}
        {refused && <RefusedDialog {...refused} />}
        {open.isOpen && !call && <Dialler number={open.number} />}
      </Suspense>
    </>
  );
}

const ICONS: Record<ControlWords, LucideIcon> = {
  take: Play,
  decline: PhoneOff,
  mute: Mic,
  unmute: MicOff,
  hold: Pause,
  resume: Play,
  join: Users,
  press: Grid3x3,
  bring: UserPlus,
  leave: LogOut,
  drop: UserMinus,
  record: CircleDot,
  pause: CirclePause,
  leave_message: Voicemail,
  hang_up: PhoneOff,
};

type Open = "pad" | "bring" | null;

function Bar({ call, skewMs }: { call: CallNow; skewMs: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const now = useSecond();
  const [open, setOpen] = useState<Open>(null);
  const controls = controlsOf(call, me.id);
  const { pressed, isConnected } = usePhone();
  // The server may not have noticed yet that nothing is heard any more.
  const standing = isConnected ? standingOf(call, me.id) : "away";
  const isPad = open === "pad" && call.may.includes("press");

  function run(control: Control): void {
    if (control.command === "mute") void mute(call.id, !control.isOn);
    else if (control.command === "record") void record(call.id, !control.isOn);
    else if (control.command === "press") setOpen(isPad ? null : "pad");
    else if (control.command === "bring") setOpen("bring");
    else if (control.command === "drop") void drop(call.id, null);
    else void command(call.id, control.command);
  }

  const group = t("phone.keys");
  useShortcuts(
    controls.flatMap((one) => {
      const label = t(`phone.do.${one.words}`);
      const typing = { label: t("composer.while_typing", { what: label }), isEverywhere: true };
      return [
        { keys: one.keys, label, group, run: () => run(one) },
        { keys: `Alt+${one.keys}`, group, run: () => run(one), ...typing },
      ];
    }),
  );

  return (
    <section className={styles.bar} aria-label={t("phone.title")}>
      <div className={styles.about}>
        <p className={styles.who}>
          <Name call={call} />
          <span className={styles.faint}>{[call.company, call.number].filter(Boolean).join(" · ")}</span>
        </p>
        <p className={styles.standing}>
          <span role="status">{t(`phone.standing.${standing}`)}</span>{" "}
          <span className={styles.time}>{duration(secondsOf(call, skewMs, now))}</span>
          {othersOf(call, me.id).map((one) => (
            <Badge key={one.id} tone={one.state === "up" ? "ok" : "info"}>
              {one.name ?? one.number} · {t(one.state === "up" ? "phone.leg.up" : "phone.leg.ringing")}
            </Badge>
          ))}
          <RecordingMark call={call} />
          {call.heard === "machine" && <Badge tone="info">{t("phone.machine")}</Badge>}
          {pressed && <Badge>{t("phone.pressed", { digits: pressed })}</Badge>}
        </p>
      </div>
      <Levels isMuted={ownLeg(call, me.id)?.is_muted ?? false} />
      <Quality call={call} />
      <div className={styles.controls}>
        {controls.map((one) => (
          <ControlButton key={one.command} control={one} onPress={() => run(one)} />
        ))}
      </div>
      {isPad && <Keypad callId={call.id} onClose={() => setOpen(null)} />}
      <Suspense fallback={null}>
        {open === "bring" && call.may.includes("bring") && (
          <BringDialog call={call} onClose={() => setOpen(null)} />
        )}
      </Suspense>
    </section>
  );
}

function ControlButton({ control, onPress }: { control: Control; onPress: () => void }) {
  const { t } = useTranslation();
  const label = t(`phone.do.${control.words}`);
  const icon = createElement(ICONS[control.words], { size: 16, "aria-hidden": true });
  if (control.command === "hang-up") {
    return (
      <Button look="danger" keys={control.keys} onPress={onPress}>
        {icon} {label}
      </Button>
    );
  }
  if (control.words === "join" || control.words === "resume" || control.words === "leave") {
    return (
      <Button keys={control.keys} onPress={onPress}>
        {icon} {label}
      </Button>
    );
  }
  return (
    <span className={control.isOn ? styles.on : undefined}>
      <TooltipTrigger delay={300}>
        <Button keys={control.keys} onPress={onPress}>
          {icon} <span className="visually-hidden">{label}</span>
        </Button>
        <Tooltip className={styles.tip ?? ""} offset={6}>
          {label}
        </Tooltip>
      </TooltipTrigger>
    </span>
  );
}

export function Name({ call }: { call: CallNow }) {
  const name = call.person_name ?? call.number ?? "…";
  if (call.lead_id) {
    return (
      <Link to="/leads/$leadId" params={{ leadId: call.lead_id }} className={styles.name}>
        {name}
      </Link>
    );
  }
  if (call.person_id) {
    return (
      <Link to="/people/$personId" params={{ personId: call.person_id }} className={styles.name}>
        {name}
      </Link>
    );
  }
  return <b className={styles.name}>{name}</b>;
}

function RecordingMark({ call }: { call: CallNow }) {
  const { t } = useTranslation();
  if (call.announces) return <Badge tone="info">{t("phone.recording.announcing")}</Badge>;
  if (call.recording === "on" && call.is_held) return <Badge>{t("phone.recording.held")}</Badge>;
  if (call.recording === "on") return <Badge tone="danger">{t("phone.recording.on")}</Badge>;
  if (call.recording === "paused") return <Badge tone="warn">{t("phone.recording.paused")}</Badge>;
  if (call.recording_consent === "forbidden") return <Badge>{t("phone.recording.forbidden")}</Badge>;
  return null;
}

function Quality({ call }: { call: CallNow }) {
  const { t } = useTranslation();
  const health = healthOf(call);
  if (!health || !call.quality) return null;
  const { mos, loss, jitter } = call.quality;
  const detail = t("phone.quality.detail", {
    mos: decimal(mos),
    loss: decimal(loss * 100),
    jitter: jitter === null ? "–" : decimal(jitter),
  });
  const isBad = health === "bad" || health === "one_way";
  return (
    <span className={`${styles.quality} ${isBad ? styles.bad : ""}`} title={detail} role="status">
      {createElement(isBad ? TriangleAlert : Signal, { size: 14, "aria-hidden": true })}
      {t(`phone.quality.${health}`)}
      <span className="visually-hidden">{detail}</span>
    </span>
  );
}
