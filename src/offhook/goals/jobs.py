"""What goals do by themselves: count what happens."""

from offhook.goals.counters import COUNTS
from offhook.goals.rollup import receive
from offhook.kernel.delivery import Consumer

CONSUMER = "goals.counts"

CONSUMERS = (Consumer(CONSUMER, tuple(COUNTS), receive),)
