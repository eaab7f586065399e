"""The functions of the workflow."""


def bill(event, context):
    """Bills the readings of one batch."""
    tariff = event["BatchInput"]["tariff"]
    kwh = sum(int(reading["kwh"]) for reading in event["Items"])
    return {"readings": len(event["Items"]), "kwh": kwh, "amount": kwh * tariff}


def sum_up(event, context):
    """Adds up the bills of all batches."""
    bills = event["bills"]
    return {
        "batches": len(bills),
        "readings": sum(bill["readings"] for bill in bills),
        "amount": sum(bill["amount"] for bill in bills),
    }
