"""AWS's service model of Step Functions, as botocore has it: values that fit a shape, and what breaks it.

Nothing here names an operation's members: what a newer model adds is covered by itself.
"""

from __future__ import annotations

import copy
import dataclasses
import re

import botocore.loaders

MODEL = botocore.loaders.Loader().load_service_model("stepfunctions", "service-2")
SHAPES, OPERATIONS = MODEL["shapes"], MODEL["operations"]

# Values for members whose pattern or meaning no generated text would fit.
SAMPLES = {"CharacterRestrictedName": "alias-name", "TraceHeader": "Root=1", "ClientToken": "token"}
# AWS prints the values of an enum in an order of its own; that of one is recorded.
RECORDED_ENUM = {"ExecutionStatus": "SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING"}
SERIALIZATION, VALIDATION = "SerializationException", "ValidationException"

TOKENS = {str: "STRING_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}
SCALARS = {"string": "a String", "integer": "an Integer", "long": "a Long", "float": "a Float", "boolean": "a Boolean"}
# What is no value of a type; a number with a fraction is none of a whole one, in another way.
WRONG = {
    "string": [1, 1.5, True, False, [], {}],
    "integer": ["1", True, [], {}],
    "long": ["1", False, [], {}],
    "float": ["1", True, [], {}],
    "boolean": ["true", 1, [], {}],
    "list": ["x", 1, True, {}],
    "structure": ["x", 1, False, []],
}


@dataclasses.dataclass
class Fault:
    """A request that is refused, and how."""

    what: str
    request: dict
    code: str
    text: str | re.Pattern | None  # None where AWS's is not known


def sample(name: str):
    """A value that fits the shape `name`: its required members alone, one item in a list."""
    shape = SHAPES[name]
    kind = shape["type"]
    if name in SAMPLES:
        return SAMPLES[name]
    if kind == "string":
        return shape["enum"][0] if "enum" in shape else "x" * max(1, shape.get("min", 1))
    if kind == "list":
        return [sample(shape["member"]["shape"]) for _ in range(max(1, shape.get("min", 1)))]
    if kind == "structure":
        return {member: sample(shape["members"][member]["shape"]) for member in shape.get("required", [])}
    return {"integer": shape.get("min", 1), "long": shape.get("min", 1), "float": 1.5, "boolean": True}[kind]


def input_shape(operation: str) -> str:
    """The shape of an operation's input."""
    return OPERATIONS[operation]["input"]["shape"]


def base(operation: str) -> dict:
    """The smallest request that fits."""
    return sample(input_shape(operation))


def places(operation: str):
    """Every member of an operation's input, at any depth: `(path, shape, required)`.

    A path is made of member names and 0 for the first item of a list.
    """
    yield from _members((), input_shape(operation))


def _members(path: tuple, name: str):
    shape = SHAPES[name]
    if shape["type"] == "structure":
        for member, of in shape["members"].items():
            yield (*path, member), of["shape"], member in shape.get("required", [])
            yield from _members((*path, member), of["shape"])
    elif shape["type"] == "list":
        yield (*path, 0), shape["member"]["shape"], True
        yield from _members((*path, 0), shape["member"]["shape"])


def with_value(operation: str, path: tuple, value) -> dict:
    """The smallest request that has `value` at `path`."""
    request = base(operation)
    place, name = request, input_shape(operation)
    for step in path[:-1]:
        name = _step(name, step)
        if isinstance(step, str) and step not in place:
            place[step] = sample(name)
        place = place[step]
    place[path[-1]] = value
    return request


def without(operation: str, path: tuple) -> dict:
    """The request that lacks what is at `path`."""
    request = with_value(operation, path, None)
    place = request
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return request


def _step(name: str, step) -> str:
    shape = SHAPES[name]
    return shape["member"]["shape"] if step == 0 else shape["members"][step]["shape"]


def shown(path: tuple) -> str:
    """A path as AWS's messages print it."""
    return ".".join("1.member" if step == 0 else step for step in path)


def _constraint(path: tuple, value, words: str, sensitive: bool = False) -> str:
    said = "" if sensitive else f" '{value}'"
    return f"1 validation error detected: Value{said} at '{shown(path)}' failed to satisfy constraint: {words}"


def null_fault(*paths: tuple) -> str:
    """The message about members that must not be null."""
    noun = "error" if len(paths) == 1 else "errors"
    said = [f"Value null at '{shown(p)}' failed to satisfy constraint: Member must not be null" for p in paths]
    return f"{len(paths)} validation {noun} detected: " + "; ".join(said)


def faults(operation: str):
    """Every request that breaks one constraint of one member."""
    for path, name, required in places(operation):
        shape = SHAPES[name]
        at = f"{operation}.{shown(path)}"
        if required:
            text = null_fault(path)
            yield Fault(f"{at} is null", with_value(operation, path, None), VALIDATION, text)
            if path[-1] != 0:
                yield Fault(f"{at} is missing", without(operation, path), VALIDATION, text)
        for wrong in WRONG[shape["type"]]:
            text = _wrong_type(shape["type"], wrong)
            yield Fault(f"{at} is {wrong!r}", with_value(operation, path, wrong), SERIALIZATION, text)
        yield from _broken(operation, path, name, at)


def _wrong_type(kind: str, value) -> str:
    if kind == "list":
        return "Expected list or null"
    if kind == "structure":
        return "Expected null"
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    token = f"{str(value).upper()}_VALUE" if isinstance(value, bool) else TOKENS[type(value)]
    return f"{token} can not be converted to {SCALARS[kind]}"


def _broken(operation: str, path: tuple, name: str, at: str):
    shape = SHAPES[name]
    kind, hidden = shape["type"], shape.get("sensitive", False)

    def fault(what: str, value, words: str | None) -> Fault:
        text = None if words is None else _constraint(path, value, words, hidden)
        return Fault(f"{at} is {what}", with_value(operation, path, value), VALIDATION, text)

    if kind == "string" and "enum" in shape:
        yield _enum(operation, path, name, at)
    elif kind == "string":
        if "max" in shape:
            longest = shape["max"]
            yield fault("too long", "x" * (longest + 1), f"Member must have length less than or equal to {longest}")
        if shape.get("min", 0) > 0 and "pattern" not in shape:
            yield fault("empty", "", f"Member must have length greater than or equal to {shape['min']}")
        if "pattern" in shape:
            words = f"Member must satisfy regular expression pattern: {shape['pattern']}"
            yield fault("of a bad pattern", "\u00e9 \u00e9", words)
    elif kind in ("integer", "long", "float"):
        if shape.get("min") is not None:
            low = int(shape["min"])
            words = f"Member must have value greater than or equal to {low}"
            yield fault("too small", low - 1, words)
        if shape.get("max") is not None:
            high = int(shape["max"])
            yield fault("too large", high + 1, f"Member must have value less than or equal to {high}")
        if kind != "float":
            yield fault("no whole number", 1.5, None)
    elif kind == "list":
        item = shape["member"]["shape"]
        if "max" in shape:
            yield _list_fault(operation, path, [sample(item)] * (shape["max"] + 1), "less", shape["max"], at)
        if shape.get("min"):
            yield _list_fault(operation, path, [], "greater", shape["min"], at)


def _enum(operation: str, path: tuple, name: str, at: str) -> Fault:
    values = SHAPES[name]["enum"]
    begin = re.escape(_constraint(path, "NO SUCH", "Member must satisfy enum value set: ["))
    order = re.escape(RECORDED_ENUM[name]) if name in RECORDED_ENUM else "(?P<values>[A-Z_, ]+)"
    text = re.compile(rf"{begin}{order}\]$")
    fault = Fault(f"{at} is no value of it", with_value(operation, path, "NO SUCH"), VALIDATION, text)
    fault.values = set(values)
    return fault


def _list_fault(operation: str, path: tuple, value: list, than: str, limit: int, at: str) -> Fault:
    place = re.escape(f" at '{shown(path)}' failed to satisfy constraint: ")
    words = re.escape(f"Member must have length {than} than or equal to {limit}")
    text = re.compile(rf"1 validation error detected: Value '.*'{place}{words}$")
    return Fault(f"{at} has {len(value)} items", with_value(operation, path, value), VALIDATION, text)


def variants(operation: str):
    """Requests that fit: with each member in turn, with null for each optional one, with a stranger."""
    for path, name, required in places(operation):
        yield f"{operation}.{shown(path)} is there", with_value(operation, path, sample(name))
        if not required:
            yield f"{operation}.{shown(path)} is null", with_value(operation, path, None)
    strange = copy.deepcopy(base(operation))
    strange["noSuchMember"] = {"deep": [1, None, "x"]}
    yield f"{operation} has a member that nobody knows", strange
