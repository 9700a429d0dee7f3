// The WebRTC connection to the server: made once and kept ("nailed up"); calls come and go without new ones.

import type { Said } from "./socket";

interface Listeners {
  say(message: Said): void;
  /** The other side's sound. */
  heard(stream: MediaStream): void;
  failed(): void;
}

export interface Connection {
  answered(sdp: string): Promise<void>;
  candidate(candidate: RTCIceCandidateInit | null): Promise<void>;
  /** Speak by another microphone from now on. */
  replace(microphone: MediaStream): Promise<void>;
  close(): void;
}

/** How long a connection may be interrupted, by itself, before it is made anew. */
const PATIENCE_MS = 4_000;

/** Connect by a microphone: our offer is said, the rest follows as the server answers. */
export async function connect(microphone: MediaStream, listeners: Listeners): Promise<Connection> {
  const peer = new RTCPeerConnection();
  const early: RTCIceCandidateInit[] = [];
  let patience: ReturnType<typeof setTimeout> | undefined;

  const [track] = microphone.getAudioTracks();
  const transceiver = peer.addTransceiver(track ?? "audio", { direction: "sendrecv", streams: [microphone] });
  preferOpus(transceiver);

  peer.ontrack = ({ streams, track: remote }) => listeners.heard(streams[0] ?? new MediaStream([remote]));
  peer.onicecandidate = ({ candidate }) =>
    listeners.say({ type: "candidate", candidate: candidate ? candidate.toJSON() : null });
  peer.onconnectionstatechange = () => {
    clearTimeout(patience);
    if (peer.connectionState === "failed") listeners.failed();
    if (peer.connectionState === "disconnected") patience = setTimeout(() => listeners.failed(), PATIENCE_MS);
  };

  await peer.setLocalDescription(await peer.createOffer());
  listeners.say({ type: "connect", sdp: peer.localDescription?.sdp ?? "" });

  async function take(candidate: RTCIceCandidateInit): Promise<void> {
    await peer.addIceCandidate(candidate).catch(() => undefined); // one that cannot be used leaves the others
  }

  return {
    async answered(sdp) {
      if (peer.signalingState !== "have-local-offer") return;
      await peer.setRemoteDescription({ type: "answer", sdp });
      await Promise.all(early.splice(0).map(take));
    },
    async candidate(candidate) {
      if (!candidate) return;
      if (peer.remoteDescription) await take(candidate);
      else early.push(candidate);
    },
    async replace(other) {
      await transceiver.sender.replaceTrack(other.getAudioTracks()[0] ?? null);
    },
    close() {
      clearTimeout(patience);
      peer.onconnectionstatechange = null;
      peer.onicecandidate = null;
      peer.ontrack = null;
      peer.close();
    },
  };
}

function preferOpus(transceiver: RTCRtpTransceiver): void {
  const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const wanted = known.filter(({ mimeType }) => mimeType.toLowerCase() === "audio/opus");
  if (wanted.length > 0) transceiver.setCodecPreferences(wanted);
}
