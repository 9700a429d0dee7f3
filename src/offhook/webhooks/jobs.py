"""What webhooks do by themselves: put events in line as they happen. Sending is `sender.py`'s."""

from offhook.kernel.delivery import Consumer
from offhook.webhooks.service import CONSUMER, put_in_line

CONSUMERS = (Consumer(CONSUMER, (), put_in_line),)
