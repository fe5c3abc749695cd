"""Reads INCAR: tags and their text, in the way VASP does.

`;` separates tags on a line, `#` and `!` open a comment, a backslash at the end joins lines, the first of
duplicate tags counts, lines without `=` are free text, quotes may hold a value over several lines.
"""
import re

from .errors import InputError

MOST_VALUES = 100_000
_TAG = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Incar:
    """The tags of an INCAR in file order. `duplicates` lists tags given more than once."""

    def __init__(self, values: dict[str, str], duplicates: list[str] | None = None):
        self.values = values
        self.duplicates = duplicates or []

    def __contains__(self, tag: str) -> bool:
        return tag in self.values

    def text(self, tag: str) -> str:
        return self.values[tag]

    def word(self, tag: str, default: str = "") -> str:
        """The first word, without quotes; VASP ignores what follows it."""
        words = self.values.get(tag, default).strip("\"'").split()
        return words[0] if words else default

    def integer(self, tag: str, default: int | None = None) -> int | None:
        if tag not in self.values:
            return default
        return to_integer(tag, self.word(tag))

    def real(self, tag: str, default: float | None = None) -> float | None:
        if tag not in self.values:
            return default
        return to_real(tag, self.word(tag))

    def logical(self, tag: str, default: bool | None = None) -> bool | None:
        if tag not in self.values:
            return default
        return to_logical(tag, self.word(tag))

    def reals(self, tag: str) -> list[float]:
        """All numbers of a list, with `n*x` written out. Words after the numbers are free text."""
        numbers: list[float] = []
        for word in self.values.get(tag, "").split():
            count, star, value = word.rpartition("*")
            if star and not re.fullmatch(r"[0-9]{1,9}", count):
                raise InputError(f"INCAR: {tag} has the entry '{word[:40]}'; a repetition reads as in 4*0.6.")
            try:
                number = to_real(tag, value)
            except InputError:
                if numbers and not star:
                    break
                raise
            repetitions = int(count) if star else 1
            if len(numbers) + repetitions > MOST_VALUES:
                raise InputError(f"INCAR: {tag} has more than {MOST_VALUES} values.")
            numbers += [number] * repetitions
        return numbers

    def integers(self, tag: str) -> list[int]:
        numbers = self.reals(tag)
        if any(number != int(number) for number in numbers):
            raise InputError(f"INCAR: {tag} = {self.values[tag]}: whole numbers are expected.")
        return [int(number) for number in numbers]


def to_integer(tag: str, word: str) -> int:
    number = to_real(tag, word)
    if number != int(number):
        raise InputError(f"INCAR: {tag} = {word}: a whole number is expected.")
    return int(number)


def to_real(tag: str, word: str) -> float:
    """A number as Fortran reads it: `1d-5` and `1.E-5` alike. NaN and infinities are no numbers here."""
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([EeDd][-+]?\d+)?", word):
        raise InputError(f"INCAR: {tag} = {word[:40]}: a number is expected.")
    number = float(word.lower().replace("d", "e"))
    if abs(number) > 1e30:
        raise InputError(f"INCAR: {tag} = {word[:40]}: the number is out of range.")
    return number


def to_logical(tag: str, word: str) -> bool:
    """.TRUE., T, .T., True and their like."""
    match = re.match(r"\.?([TtFf])", word)
    if not match:
        raise InputError(f"INCAR: {tag} = {word}: .TRUE. or .FALSE. is expected.")
    return match[1] in "Tt"


def parse_incar(text: str) -> Incar:
    values: dict[str, str] = {}
    duplicates: list[str] = []
    for statement in _statements(text):
        name, equals, value = statement.partition("=")
        name = name.strip().upper()
        if not equals:
            continue
        if not _TAG.fullmatch(name):
            raise InputError(f"INCAR: '{name}' before '=' is no tag name (line: {statement.strip()[:60]}).")
        value = value.strip()
        if not value:
            raise InputError(f"INCAR: {name} has no value.")
        if name in values:
            duplicates.append(name)
        else:
            values[name] = value
    return Incar(values, duplicates)


def _statements(text: str) -> list[str]:
    """Splits into `TAG = value` statements: comments cut, continued and quoted lines joined, `;` split."""
    statements: list[str] = []
    pending = ""
    quoted = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        part = ""
        for character in line:
            if character == '"':
                quoted = not quoted
            if not quoted and character in "#!":
                break
            if not quoted and character == ";":
                statements.append(pending + part)
                pending, part = "", ""
                continue
            part += character
        if quoted:
            pending += part + " "
        elif part.rstrip().endswith("\\"):
            pending += part.rstrip()[:-1] + " "
        else:
            statements.append(pending + part)
            pending = ""
    if quoted:
        raise InputError("INCAR: a quotation mark is never closed.")
    statements.append(pending)
    return [statement for statement in statements if statement.strip()]
