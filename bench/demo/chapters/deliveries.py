"""What a CRM got meanwhile."""

from __future__ import annotations

from bench.demo.stage import Stage, StepFailed, console, table


def tell(stage: Stage) -> None:
    """What the receiver of webhooks got, and whether the signatures hold."""
    stage.settle()
    sent = stage.ann.items("/v1/webhook-deliveries", limit=200)
    got = {message.id: message for message in stage.receiver.messages}
    shown = table("Webhook deliveries", "event", "delivered", "verified", right=("delivered", "verified"))
    for kind in sorted({delivery["event_type"] for delivery in sent}):
        some = [delivery for delivery in sent if delivery["event_type"] == kind]
        arrived = [got[delivery["message_id"]] for delivery in some if delivery["message_id"] in got]
        shown.add_row(kind, f"{len(arrived)} of {len(some)}", str(sum(bool(message.verified) for message in arrived)))
    console.print(shown)
    if not sent or len(got) < len(sent) or not all(message.verified for message in stage.receiver.messages):
        raise StepFailed("a webhook did not arrive, or its signature did not hold")
