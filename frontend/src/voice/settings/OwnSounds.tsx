// What one says in one's own voice: the greeting of one's voicemail, and the message that one leaves at others'. Recorded
// here or taken from a file; until then the installation's is played.

import { useMutation } from "@tanstack/react-query";
import { Circle, Play, Square, Trash2, Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { SoundName, SoundOut } from "~/api/schema";
import { duration } from "~/i18n/time";
import { Button } from "~/kit/Button";
import { ConfirmDialog } from "~/kit/ConfirmDialog";
import { tell } from "~/kit/notices";
import { Badge, Panel } from "~/kit/Panel";
import { FormProblem, Shown } from "~/kit/states";
import { useSecond } from "../bar/useSecond";
import { MicrophoneProblem, openMicrophone } from "../phone/microphone";
import { canRecord, type Recorder, startRecorder } from "./recorder";
import styles from "./Settings.module.css";

const SOUNDS: readonly SoundName[] = ["greeting", "message"];

export function OwnSounds() {
  const { t } = useTranslation();
  return (
    <Panel title={t("sounds.title")}>
      <div className={styles.stack}>
        {SOUNDS.map((one) => (
          <OwnSound key={one} sound={one} />
        ))}
      </div>
    </Panel>
  );
}

function OwnSound({ sound }: { sound: SoundName }) {
  const { t } = useTranslation();
  const present = $api.useQuery("get", "/api/v1/phone/sounds/{sound}", { params: { path: { sound } } });
  return (
    <section aria-label={t(`sounds.${sound}`)} className={styles.sound}>
      <h3>{t(`sounds.${sound}`)}</h3>
      <p className={styles.faint}>{t(`sounds.${sound}_detail`)}</p>
      <Shown query={present} rows={1}>
        {(found) => <Deeds present={found} />}
      </Shown>
    </section>
  );
}

interface Running {
  recorder: Recorder;
  stream: MediaStream;
  since: number;
}

function Deeds({ present }: { present: SoundOut }) {
  const { t } = useTranslation();
  const { sound } = present;
  const audio = useRef<HTMLAudioElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [running, setRunning] = useState<Running | null>(null);
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const params = { path: { sound }, header: ifMatch(present.version) };
  const again = () => readAgain(["/api/v1/phone/sounds"]);
  const keep = useMutation({
    mutationFn: (said: Blob) =>
      answer<SoundOut>(
        api.PUT("/api/v1/phone/sounds/{sound}", {
          params,
          body: said as never,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { "Content-Type": said.type || "application/octet-stream" },
        }),
      ),
    onSuccess: () => tell(t("saved")),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: () => answer<SoundOut>(api.DELETE("/api/v1/phone/sounds/{sound}", { params })),
    onSettled: again,
  });
  useEffect(() => () => release(running?.stream), [running]);

  async function record(): Promise<void> {
    setProblem(null);
    try {
      const stream = await openMicrophone();
      setRunning({ recorder: startRecorder(stream), stream, since: Date.now() });
    } catch (error) {
      if (!(error instanceof MicrophoneProblem)) throw error;
      setProblem(error);
    }
  }

  async function stop(): Promise<void> {
    if (!running) return;
    const said = await running.recorder.stop();
    setRunning(null);
    keep.mutate(said);
  }

  const source = `/api/v1/phone/sounds/${sound}/sound?version=${present.version}`;
  return (
    <>
      <p>
        <Badge tone={present.is_own ? "ok" : "neutral"}>{t(present.is_own ? "sounds.own" : "sounds.usual")}</Badge>{" "}
        <span className={styles.faint}>{duration(present.seconds)}</span>
      </p>
      <audio ref={audio} src={source} preload="none" />
      <div className={styles.buttons}>
        <Button onPress={() => void audio.current?.play()} isDisabled={running !== null}>
          <Play size={14} aria-hidden="true" /> {t("player.listen")}
        </Button>
        {running ? (
          <Button look="danger" onPress={() => void stop()}>
            <Square size={14} aria-hidden="true" /> <Recording since={running.since} />
          </Button>
        ) : (
          canRecord() && (
            <Button onPress={() => void record()} isPending={keep.isPending}>
              <Circle size={14} aria-hidden="true" /> {t("sounds.record")}
            </Button>
          )
        )}
        <Button onPress={() => file.current?.click()} isDisabled={running !== null}>
          <Upload size={14} aria-hidden="true" /> {t("sounds.upload")}
        </Button>
        {present.is_own && (
          <Button look="danger" onPress={() => setRemoving(true)} isDisabled={running !== null}>
            <Trash2 size={14} aria-hidden="true" /> {t("remove")}
          </Button>
        )}
      </div>
      <input
        ref={file}
        type="file"
        accept="audio/*,video/webm,video/mp4"
        aria-label={t("sounds.upload")}
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) keep.mutate(chosen);
          event.target.value = "";
        }}
      />
      {problem && (
        <p role="alert" className={styles.problem}>
          {t(`phone.why.${problem.reason}`)}
        </p>
      )}
      <FormProblem error={keep.error ?? remove.error} />
      {isRemoving && (
        <ConfirmDialog
          title={t("sounds.remove_title")}
          detail={t("sounds.remove_detail")}
          action={t("remove")}
          onClose={() => setRemoving(false)}
          onConfirm={() => {
            setRemoving(false);
            remove.mutate();
          }}
        />
      )}
    </>
  );
}

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function Recording({ since }: { since: number }) {
  const { t } = useTranslation();
  const now = useSecond();
  return <>{t("sounds.stop", { time: duration((now - since) / 1000) })}</>;
}
