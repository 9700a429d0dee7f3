// The microphone: whether there can be one, asking for it, and why there is none.

import { microphone as chosen } from "./devices";

export type NoMicrophone = "insecure" | "denied" | "none" | "busy";

/** Why there is no microphone; `Error.message` is the browser's own word. */
export class MicrophoneProblem extends Error {
  constructor(
    readonly reason: NoMicrophone,
    message: string,
  ) {
    super(message);
    this.name = "MicrophoneProblem";
  }
}

/** Browsers give the microphone only to pages that came by https, or from this machine. */
export function isPossible(): boolean {
  return window.isSecureContext && "mediaDevices" in navigator;
}

/** Whether it may be had without the user being asked. */
export async function isGranted(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "microphone" });
    return state === "granted";
  } catch {
    return false; // browsers that do not tell: they ask when they are asked
  }
}

const ASKED: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Ask for it. Throws `MicrophoneProblem`. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!isPossible()) throw new MicrophoneProblem("insecure", "");
  const deviceId = chosen();
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: deviceId ? { ...ASKED, deviceId: { ideal: deviceId } } : ASKED,
    });
  } catch (error) {
    throw new MicrophoneProblem(reasonOf(error), error instanceof Error ? error.message : String(error));
  }
}

/** By the names of Media Capture and Streams, section 10.2. */
export function reasonOf(error: unknown): NoMicrophone {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return "busy";
}
