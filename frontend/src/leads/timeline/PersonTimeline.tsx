import { Timeline } from "~/leads/lead/Timeline";

/** All that happened with a person. */
export function PersonTimeline({ personId }: { personId: string }) {
  return <Timeline personId={personId} />;
}
