// A notice of the system while this window is hidden, where the user allowed it.

/** Show one; the returned function takes it away. */
export function notify(title: string, body: string): () => void {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") {
    return () => undefined;
  }
  const shown = new Notification(title, {
    body,
    icon: "/icon.svg",
    tag: "offhook-call",
    requireInteraction: true,
  });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
  return () => shown.close();
}
