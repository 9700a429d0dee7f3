// Recording by the browser, in whatever format it has.

const WANTED = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export interface Recorder {
  /** End it; what was said. */
  stop(): Promise<Blob>;
}

export function canRecord(): boolean {
  return "MediaRecorder" in window;
}

export function startRecorder(stream: MediaStream): Recorder {
  const mimeType = WANTED.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise<Blob>((resolve) => {
    recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
  });
  recorder.start();
  return {
    stop: () => {
      if (recorder.state !== "inactive") recorder.stop();
      return ended;
    },
  };
}

export async function recordFor(stream: MediaStream, milliseconds: number): Promise<Blob> {
  const recorder = startRecorder(stream);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return recorder.stop();
}
