// Which microphone and which speaker: kept in this browser, as other machines have others.

const MICROPHONE = "offhook.microphone";
const SPEAKER = "offhook.speaker";

export function microphone(): string | null {
  return localStorage.getItem(MICROPHONE);
}

export function speaker(): string | null {
  return localStorage.getItem(SPEAKER);
}

export function setMicrophone(id: string | null): void {
  keep(MICROPHONE, id);
}

export function setSpeaker(id: string | null): void {
  keep(SPEAKER, id);
}

function keep(key: string, id: string | null): void {
  if (id) localStorage.setItem(key, id);
  else localStorage.removeItem(key);
}

/** Whether this browser lets one choose where sound comes out. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

/** What is plugged in. Without the permission for the microphone browsers tell no names. */
export async function listDevices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  return {
    microphones: all.filter((one) => one.kind === "audioinput" && one.deviceId),
    speakers: all.filter((one) => one.kind === "audiooutput" && one.deviceId),
  };
}
