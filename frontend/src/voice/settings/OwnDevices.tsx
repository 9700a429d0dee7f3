// One's own devices: which microphone, which speaker, whether one is heard, and what this browser may do besides.

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/kit/Button";
import { SelectField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { Panel } from "~/kit/Panel";
import {
  canChooseSpeaker,
  type Devices,
  listDevices,
  microphone,
  setMicrophone,
  setSpeaker,
  speaker,
} from "../phone/devices";
import { MicrophoneProblem, openMicrophone } from "../phone/microphone";
import { changeMicrophone } from "../phone/phone";
import { applySpeaker, meterOf, playBlob, playTest } from "../phone/sound";
import { recordFor } from "./recorder";
import styles from "./Settings.module.css";

const USUAL = "usual";
const ECHO_MS = 3_000;
const EVERY_MS = 80;

export function OwnDevices() {
  const { t } = useTranslation();
  const [devices, setDevices] = useState<Devices>({ microphones: [], speakers: [] });
  const [chosen, setChosen] = useState({ microphone: microphone(), speaker: speaker() });
  const [step, setStep] = useState<"recording" | "playing" | null>(null);
  const [level, setLevel] = useState(0);
  const [problem, setProblem] = useState<MicrophoneProblem | null>(null);
  const [notifies, setNotifies] = useState(() => ("Notification" in window ? Notification.permission : null));

  useEffect(() => {
    if (!("mediaDevices" in navigator)) return;
    const look = () => void listDevices().then(setDevices);
    look();
    navigator.mediaDevices.addEventListener("devicechange", look);
    return () => navigator.mediaDevices.removeEventListener("devicechange", look);
  }, []);

  async function choose(kind: "microphone" | "speaker", id: string): Promise<void> {
    const wanted = id === USUAL ? null : id;
    setChosen((before) => ({ ...before, [kind]: wanted }));
    if (kind === "microphone") {
      setMicrophone(wanted);
      await changeMicrophone();
    } else {
      setSpeaker(wanted);
      await applySpeaker();
    }
  }

  /** Record a moment and play it back, showing how loud it is. */
  async function echo(): Promise<void> {
    setProblem(null);
    try {
      const stream = await openMicrophone();
      void listDevices().then(setDevices);
      setStep("recording");
      const meter = meterOf(stream);
      const timer = setInterval(() => setLevel(meter.level()), EVERY_MS);
      const heard = await recordFor(stream, ECHO_MS);
      clearInterval(timer);
      meter.close();
      for (const track of stream.getTracks()) track.stop();
      setLevel(0);
      setStep("playing");
      await playBlob(heard);
    } catch (error) {
      if (error instanceof MicrophoneProblem) setProblem(error);
      else throw error;
    } finally {
      setStep(null);
    }
  }

  function registerLinks(): void {
    const address = `${location.origin}/calls?dial=%s`;
    for (const scheme of ["tel", "web+tel"]) {
      try {
        navigator.registerProtocolHandler(scheme, address);
      } catch {
        continue; // some browsers take only one of them
      }
    }
    tell(t("devices.links_asked"));
  }

  const usual = { id: USUAL, label: t("devices.usual") };
  const named = (list: MediaDeviceInfo[]) =>
    list.map((one) => ({ id: one.deviceId, label: one.label || t("devices.unnamed") }));

  return (
    <Panel title={t("devices.title")}>
      <div className={styles.stack}>
        <SelectField
          label={t("devices.microphone")}
          value={chosen.microphone ?? USUAL}
          onChange={(id) => void choose("microphone", id)}
          choices={[usual, ...named(devices.microphones)]}
        />
        {canChooseSpeaker() && (
          <SelectField
            label={t("devices.speaker")}
            value={chosen.speaker ?? USUAL}
            onChange={(id) => void choose("speaker", id)}
            choices={[usual, ...named(devices.speakers)]}
          />
        )}
        <div className={styles.buttons}>
          <Button onPress={() => void playTest()}>{t("devices.test_tone")}</Button>
          <Button onPress={() => void echo()} isDisabled={step !== null}>
            {t(step ? `devices.${step}` : "devices.echo")}
          </Button>
        </div>
        {step === "recording" && (
          <span
            role="meter"
            aria-label={t("devices.level")}
            aria-valuenow={Math.round(level * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
            className={styles.meter}
          >
            <span style={{ width: `${Math.round(level * 100)}%` }} />
          </span>
        )}
        {problem && (
          <p role="alert" className={styles.problem}>
            {t(`phone.why.${problem.reason}`)}
          </p>
        )}
        <div className={styles.buttons}>
          {notifies === "default" && (
            <Button onPress={() => void Notification.requestPermission().then(setNotifies)}>
              {t("devices.notify")}
            </Button>
          )}
          {"registerProtocolHandler" in navigator && <Button onPress={registerLinks}>{t("devices.links")}</Button>}
        </div>
        {notifies === "granted" && <p className={styles.faint}>{t("devices.notifies")}</p>}
      </div>
    </Panel>
  );
}
