"""Each step of an order, and what undoes it."""


class NoCarrier(Exception):
    """Nobody delivers there."""


def reserve_stock(event, _context):
    """Sets the goods aside."""
    return {"reservation": f"R-{event['orderId']}"}


def release_stock(event, _context):
    """Undoes `reserve_stock`."""
    return f"released {event['reservation']}"


def charge_card(event, _context):
    """Takes the money."""
    return {"charge": f"C-{event['orderId']}", "amount": event["amount"]}


def refund_card(event, _context):
    """Undoes `charge_card`."""
    return f"refunded {event['charge']}"


def book_carrier(event, _context):
    """Books the delivery, which is not possible to everywhere."""
    if event["destination"] == "atlantis":
        raise NoCarrier(f"no carrier delivers to {event['destination']}")
    return {"booking": f"B-{event['orderId']}"}
