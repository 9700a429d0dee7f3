// Listening to a call: both voices as a wave form, faster or slower, over the silences if one likes, all by keyboard.
// The sound is fetched when it is first played, as every listening is on record.

import { Pause, Play } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "~/api/client";
import type { RecordingOut } from "~/api/schema";
import { duration } from "~/i18n/time";
import { Button, IconButton } from "~/kit/Button";
import { Checkbox } from "~/kit/Field";
import { Shown } from "~/kit/states";
import styles from "./Player.module.css";
import { pathOf, skipTo, SPEEDS } from "./recording";

export function Player({ callId, isOpen: isOpenAtFirst = false }: { callId: string; isOpen?: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  if (isOpen) return <Opened callId={callId} playsAtOnce={!isOpenAtFirst} />;
  return (
    <div>
      <Button look="quiet" onPress={() => setOpen(true)}>
        <Play size={14} aria-hidden="true" /> {t("player.listen")}
      </Button>
    </div>
  );
}

function Opened({ callId, playsAtOnce }: { callId: string; playsAtOnce: boolean }) {
  const { t } = useTranslation();
  const recording = $api.useQuery("get", "/api/v1/calls/{call_id}/recording", {
    params: { path: { call_id: callId } },
  });
  return (
    <Shown query={recording} rows={1}>
      {(found) =>
        found.is_playable ? (
          <Sound recording={found} playsAtOnce={playsAtOnce} />
        ) : (
          <p className={styles.faint}>{t("player.none", { why: found.failure ?? "" })}</p>
        )
      }
    </Shown>
  );
}

const STEP_SECONDS = 5;

function Sound({ recording, playsAtOnce }: { recording: RecordingOut; playsAtOnce: boolean }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [skips, setSkips] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const paths = useMemo(() => recording.wave.map((channel, place) => pathOf(channel, place === 0)), [recording]);
  const silences = recording.silences.map(([from = 0, to = 0]) => [from, to] as const);

  function toggle(): void {
    const player = audio.current;
    if (!player) return;
    if (player.paused) void player.play().catch(() => setFailed(true));
    else player.pause();
  }

  function seek(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), recording.seconds);
    if (audio.current) audio.current.currentTime = to;
    setAt(to);
  }

  function hear(): void {
    const player = audio.current;
    if (!player) return;
    const to = skips ? skipTo(silences, player.currentTime) : null;
    if (to !== null) player.currentTime = to;
    setAt(player.currentTime);
  }

  function nextSpeed(): void {
    const chosen = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
    setSpeed(chosen);
    if (audio.current) audio.current.playbackRate = chosen;
  }

  return (
    <div className={styles.player} role="group" aria-label={t("player.label")}>
      <audio
        ref={audio}
        src={`/api/v1/calls/${recording.call_id}/recording/sound`}
        preload="none"
        autoPlay={playsAtOnce}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={hear}
        onError={() => setFailed(true)}
      />
      <IconButton label={t(isPlaying ? "player.pause" : "player.play")} onPress={toggle} autoFocus={playsAtOnce}>
        {isPlaying ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
      </IconButton>
      <span className={styles.wave}>
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path d={paths[0]} className={styles.theirs} />
          <path d={paths[1]} className={styles.ours} />
        </svg>
        <span className={styles.position} style={{ insetInlineStart: `${(100 * at) / recording.seconds}%` }} />
        <input
          type="range"
          className={styles.seek}
          aria-label={t("player.position")}
          aria-valuetext={t("player.at", { at: duration(at), of: duration(recording.seconds) })}
          min={0}
          max={recording.seconds}
          step={0.1}
          value={at}
          onChange={(event) => seek(Number(event.target.value))}
          onKeyDown={(event) => {
            const step = { ArrowLeft: -STEP_SECONDS, ArrowRight: STEP_SECONDS }[event.key];
            if (event.key === " ") toggle();
            else if (step) seek(at + step);
            else return;
            event.preventDefault();
          }}
          onClick={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect();
            if (event.detail > 0) seek((recording.seconds * (event.clientX - left)) / width);
          }}
        />
      </span>
      <span className={styles.time}>
        {duration(at)} / {duration(recording.seconds)}
      </span>
      <Button look="quiet" onPress={nextSpeed} aria-label={t("player.speed", { speed })}>
        {speed}×
      </Button>
      <Checkbox isSelected={skips} onChange={setSkips}>
        {t("player.skip")}
      </Checkbox>
      {hasFailed && (
        <p role="alert" className={styles.failed}>
          {t("player.failed")}
        </p>
      )}
    </div>
  );
}
