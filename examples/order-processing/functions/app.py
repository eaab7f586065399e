"""The steps of an order: validate, reserve from the inventory, charge, ship."""

import uuid

STOCK = {"book": 12, "lamp": 3, "globe": 0}
PRICES = {"book": 15.5, "lamp": 40.0, "globe": 99.0}


class InvalidOrder(Exception):
    """The order cannot be understood."""


class OutOfStock(Exception):
    """There is not enough of an item."""


class PaymentDeclined(Exception):
    """The bank said no; asking again will not help."""


class GatewayTimeout(Exception):
    """The payment gateway did not answer in time; asking again may help."""


def validate(order, _context):
    """Checks an order and adds its total."""
    items = order.get("items")
    if not order.get("orderId") or not items:
        raise InvalidOrder("an order needs an orderId and items")
    unknown = [item["sku"] for item in items if item["sku"] not in PRICES]
    if unknown:
        raise InvalidOrder(f"unknown items: {', '.join(unknown)}")
    total = sum(PRICES[item["sku"]] * item["quantity"] for item in items)
    return {**order, "total": round(total, 2)}


def reserve(order, _context):
    """Sets the items of an order aside."""
    for item in order["items"]:
        if STOCK[item["sku"]] < item["quantity"]:
            raise OutOfStock(f"only {STOCK[item['sku']]} of {item['sku']}")
    return {"reservation": str(uuid.uuid5(uuid.NAMESPACE_URL, order["orderId"]))}


def charge(event, _context):
    """Charges a card; one of the cards needs several attempts."""
    card, attempt = event["card"], event["attempt"]
    if card == "declined":
        raise PaymentDeclined("the bank declined the card")
    if card == "flaky" and attempt < 2:
        raise GatewayTimeout(f"attempt {attempt + 1} timed out")
    return {"paid": event["amount"], "attempts": attempt + 1}


def ship(order, _context):
    """Hands an order to the carrier."""
    return {"tracking": f"PKG-{order['orderId']}", "parcels": sum(item["quantity"] for item in order["items"])}


def release(order, _context):
    """Puts the items of an order back."""
    return {"released": order["reserved"]["reservation"]}
