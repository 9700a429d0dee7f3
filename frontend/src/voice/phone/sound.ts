// What is heard and how loud: one audio element for the other side, tones of our own, level meters for both sides.
//
// Browsers let a page sound only after the user did something on it; where they refuse, it begins with the next key or
// click.

import { speaker } from "./devices";
import { spansOf, TONES, type ToneName } from "./tones";

const PLANNED_SECONDS = 60;
const FADE_SECONDS = 0.02;

let element: HTMLAudioElement | undefined;
let context: AudioContext | undefined;

function audio(): HTMLAudioElement {
  if (!element) {
    element = new Audio();
    element.autoplay = true;
  }
  return element;
}

/** The context that tones and meters share. */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
  return context;
}

/** Play a stream, now or as soon as the browser lets us. */
export function playStream(stream: MediaStream): void {
  const player = audio();
  player.srcObject = stream;
  void applySpeaker();
  player.play().catch(() => whenDeed(() => void player.play()));
}

/** Take the speaker that was chosen, where the browser lets one choose and it is still there. */
export async function applySpeaker(): Promise<void> {
  const chosen = speaker() ?? "";
  const player = audio();
  if ("setSinkId" in player && player.sinkId !== chosen) {
    await player.setSinkId(chosen).catch(() => player.setSinkId(""));
  }
}

/** Do something with the next key or click. */
function whenDeed(act: () => void): void {
  const done = new AbortController();
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(
      kind,
      () => {
        done.abort();
        act();
      },
      { signal: done.signal },
    );
  }
}

/** Sound a tone over and over; the returned function ends it. */
export function soundTone(name: ToneName): () => void {
  const tone = TONES[name];
  const here = audioContext();
  const gain = here.createGain();
  gain.gain.value = 0;
  gain.connect(here.destination);
  const sources = tone.hertz.map((hertz) => {
    const source = here.createOscillator();
    source.frequency.value = hertz;
    source.connect(gain);
    source.start();
    return source;
  });
  const plan = () => {
    const began = here.currentTime + FADE_SECONDS;
    for (const [from, to] of spansOf(tone, PLANNED_SECONDS)) {
      gain.gain.setTargetAtTime(tone.level, began + from, FADE_SECONDS);
      gain.gain.setTargetAtTime(0, began + to, FADE_SECONDS);
    }
  };
  plan();
  const again = setInterval(plan, PLANNED_SECONDS * 1000);
  return () => {
    clearInterval(again);
    for (const one of sources) one.stop();
    gain.disconnect();
  };
}

export interface Meter {
  /** How loud it is now, 0 to 1. */
  level(): number;
  close(): void;
}

/** Measure how loud a stream is. */
export function meterOf(stream: MediaStream): Meter {
  const here = audioContext();
  const source = here.createMediaStreamSource(stream);
  const analyser = here.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    close: () => source.disconnect(),
  };
}

const QUIETEST_DB = -60;

/** Loudness of samples on a scale of decibels, 0 (−60 dB and less) to 1. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length);
  if (power === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (10 * Math.log10(power)) / QUIETEST_DB));
}

const TEST_HERTZ = 440;
const TEST_SECONDS = 1;
const TEST_LEVEL = 0.2;

/** A tone from the chosen speaker, to hear whether it is the right one. */
export async function playTest(): Promise<void> {
  const here = new AudioContext();
  const chosen = speaker();
  if (chosen && "setSinkId" in here) {
    await (here as AudioContext & { setSinkId(id: string): Promise<void> })
      .setSinkId(chosen)
      .catch(() => undefined);
  }
  const gain = here.createGain();
  gain.gain.value = TEST_LEVEL;
  gain.connect(here.destination);
  const source = here.createOscillator();
  source.frequency.value = TEST_HERTZ;
  source.connect(gain);
  source.start();
  source.stop(here.currentTime + TEST_SECONDS);
  await new Promise((resolve) => {
    source.onended = resolve;
  });
  await here.close();
}

/** Play what was recorded, from the chosen speaker, to its end. */
export async function playBlob(sound: Blob): Promise<void> {
  const address = URL.createObjectURL(sound);
  const player = new Audio(address);
  const chosen = speaker();
  if (chosen && "setSinkId" in player) await player.setSinkId(chosen).catch(() => undefined);
  try {
    await player.play();
    await new Promise((resolve) => {
      player.onended = resolve;
      player.onerror = resolve;
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
