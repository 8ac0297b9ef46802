"""Personal values and secrets, made from a seed, each recognisable, each remembered with its kind."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
HEX = "0123456789abcdef"
GIVEN = ("Mai", "João", "Sofía", "ณัฐพล", "晓明", "Thị Hoa", "Siti", "Łukasz", "Anne-Marie", "O'Neil")
PHONES = (
    "1{8}{9}", "+86 1{8}# #### ####", "0086-1{8}#-####-####", "+55 21 9####-####", "(21) 9####-####",
    "+1 (415) 555-####", "415-555-####", "+66 6# ### ####", "+84 38 ### ## ##", "+62 857-####-####",
    "+63 905 ### ####", "+65 8### ####",
    "+60 19-### ####", "+52 55 #### ####", "+49 160 #######", "+81 80-####-####",
    "0049 160 #######", "0055 (11) 9####-####", "0044 7### ######",
)  # fmt: skip
TOKENS = (
    "shpat_{32h}", "shpca_{32h}", "shpss_{32h}", "ck_{40h}", "cs_{40h}", "Atza|{60w}", "Atzr|{60w}", "sk_live_{24w}",
    "rk_live_{24w}", "whsec_{32w}",
    "A21AA{60w}", "APP_USR-{16d}-{6d}-{32h}-{9d}", "TTP_{40w}", "ROW_{40w}", "v^1.1#i^1#{60w}",
    "eyJhbGciOiJIUzI1NiJ9.eyJ{30w}.{43w}", "eyJhbGciOiJSUzI1NiJ9.eyJ{50w}.{86w}", "amzn1.oa2-cs.v1.{64h}",
    "xoxb-{11d}-{12d}-{24w}", "ghp_{36w}", "AKIA{16u}", "EAA{60w}",
)  # fmt: skip
ALPHABETS = {
    "h": HEX,
    "d": string.digits,
    "w": string.ascii_letters + string.digits,
    "u": string.ascii_uppercase + "234567",
}


class Planter:
    """Makes values; `canaries` are those that must never be seen again, `ids` those that must stay."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)
        self.canaries: list[dict[str, str]] = []
        self.ids: list[str] = []

    def plant(self, kind: str, value: str, needle: str | None = None) -> str:
        """Remember a value, or the part of it that would give it away."""
        self.canaries.append({"kind": kind, "value": needle or value})
        return value

    def keep(self, value: str) -> str:
        """Remember an id that support works with."""
        self.ids.append(value)
        return value

    def pick(self, *choices: T) -> T:
        """Return one of them."""
        return self.random.choice(choices)

    def of(self, alphabet: str, count: int) -> str:
        """Return so many characters of an alphabet."""
        return "".join(self.random.choices(alphabet, k=count))

    def digits(self, count: int) -> str:
        """Return so many digits, the first not 0."""
        return self.of("123456789", 1) + self.of(string.digits, count - 1)

    def made(self, pattern: str) -> str:
        """Fill `{32h}` (hex), `{9d}` (digits), `{20w}` (letters and digits), `{16u}` (base 32) of a pattern."""
        out, rest = "", pattern
        while "{" in rest:
            head, _, tail = rest.partition("{")
            slot, _, rest = tail.partition("}")
            out += head + self.of(ALPHABETS[slot[-1]], int(slot[:-1]))
        return out + rest

    def name(self) -> str:
        """Return a person's name."""
        mark = f"Qz{self.of(HEX, 9)}"
        return self.plant("name", f"{self.pick(*GIVEN)} {mark}", mark)

    def address(self) -> str:
        """Return a street."""
        mark = f"Xw{self.of(HEX, 9)}"
        street = self.pick("Rua", "Calle", "ถนน", "Đường", "Jl.", "123 Main St", "南山区科技路")
        return self.plant("address", f"{street} {mark} {self.digits(2)}", mark)

    def note(self) -> str:
        """Return what a buyer wrote."""
        mark = f"Nb{self.of(HEX, 9)}"
        words = self.pick("please ring", "放门口谢谢", "deixar com o porteiro", "dejar en recepción", "ฝากไว้กับยาม")
        return self.plant("note", f"{words} {mark}", mark)

    def email(self) -> str:
        """Return an e-mail address."""
        domain = self.pick("example.org", "mail.example.net", "qq.example", "correo.example.com.mx", "例子.example")
        return self.plant("email", f"{self.pick('', 'ana.', 'li_', 'p+shop')}{self.of(HEX, 11)}@{domain}")

    def phone(self) -> str:
        """Return a phone number of one of many countries."""
        pattern = self.pick(*PHONES).replace("{8}", self.of("356789", 1)).replace("{9}", self.of(string.digits, 9))
        return self.plant("phone", "".join(self.of(string.digits, 1) if c == "#" else c for c in pattern))

    def mobile(self) -> str:
        """Return a bare Chinese mobile number."""
        return self.plant("phone", f"1{self.of('356789', 1)}{self.of(string.digits, 9)}")

    def card(self) -> str:
        """Return a card number whose check digit is right."""
        prefix, size = self.pick(("4", 16), ("53", 16), ("34", 15), ("6212", 16), ("3566", 16), ("6011", 16))
        body = prefix + self.of(string.digits, size - len(prefix) - 1)
        doubled = [int(c) * (2 - i % 2) for i, c in enumerate(reversed(body))]
        number = body + str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)
        spaced = size == 16 and self.random.random() < 0.4
        return self.plant("card", " ".join(number[i : i + 4] for i in range(0, 16, 4)) if spaced else number)

    def identity_number(self) -> str:
        """Return a Chinese identity number whose check character is right."""
        body = f"{self.pick('310104', '510107', '330106')}{self.random.randint(1955, 2004)}0{self.of('123456789', 1)}"
        body += f"{self.random.randint(10, 28)}{self.of(string.digits, 3)}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(c) * w for c, w in zip(body, weights, strict=True))
        return self.plant("identity number", body + "10X98765432"[total % 11])

    def cpf(self) -> str:
        """Return a Brazilian CPF whose check digits are right."""
        found = [self.random.randint(0, 9) for _ in range(9)]
        for size in (9, 10):
            found.append(sum(found[i] * (size + 1 - i) for i in range(size)) * 10 % 11 % 10)
        text = "".join(map(str, found))
        return self.plant("cpf", f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}")

    def token(self) -> str:
        """Return a credential that its prefix gives away."""
        return self.plant("token", self.made(self.pick(*TOKENS)))

    def secret(self) -> str:
        """Return a credential that only its key or header gives away."""
        return self.plant("secret", self.made(self.pick("{24h}", "{32h}", "{40w}", "{22w}")))

    def basic(self) -> str:
        """Return the value of a basic Authorization header without its scheme."""
        return self.plant("basic", base64.b64encode(self.made("ck_{40h}:cs_{40h}").encode()).decode())

    def wechat(self) -> str:
        """Return a WeChat id."""
        return self.plant("wechat", f"wxid_{self.of(HEX, 13)}")

    def sentence(self) -> str:
        """Return free text with something personal in it."""
        text, kinds = self.pick(*SENTENCES)
        return text.format(*(getattr(self, kind)() for kind in kinds))


SENTENCES: Sequence[tuple[str, Sequence[str]]] = (
    ("收件人电话{}无法接通", ("mobile",)),
    ("请联系 {} 或加微信 {}", ("phone", "wechat")),
    ("清关需要身份证号 {}", ("identity_number",)),
    ("Customer with email {} already exists", ("email",)),
    ("could not charge {}: insufficient funds", ("card",)),
    ("o telefone {} é inválido", ("phone",)),
    ("CPF {} não confere com o comprador", ("cpf",)),
    ("el correo {} no existe", ("email",)),
    ("ไม่สามารถโทร {} ได้", ("phone",)),
    ("không gọi được {}", ("phone",)),
    ("nomor {} tidak aktif", ("phone",)),
    ("token {} was revoked", ("token",)),
    ("login of {} with {} refused", ("email", "token")),
    ("bad row: recipient_name: {}, retry later", ("name",)),
    ("upstream refused password={} for this app", ("secret",)),
    ("callback https://relay.example.com/cb?state=7&sign={} failed", ("secret",)),
    ("{{'buyer_note': '{}', 'qty': 2}} has no sku", ("note",)),
)
