"""Works off one order of a batch, and sums a batch up."""


class BadAddress(Exception):
    """The order cannot be sent to where it should go."""


def process(event, _context):
    """Gives an order its price."""
    order = event["order"]
    if not order.get("address"):
        raise BadAddress(f"order {order['orderId']} has no address")
    return {
        "orderId": order["orderId"],
        "status": "DONE",
        "position": event["position"],
        "price": order["quantity"] * 5,
    }


def summarize(results, _context):
    """Counts what came of a batch."""
    done = [result for result in results if result["status"] == "DONE"]
    failed = sorted(result["orderId"] for result in results if result["status"] == "FAILED")
    return {"done": len(done), "failed": failed, "revenue": sum(result["price"] for result in done)}
