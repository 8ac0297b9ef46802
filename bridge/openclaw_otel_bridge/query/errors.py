"""What can be wrong with a query, as code + parameters, told in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

_TEXTS: Mapping[str, tuple[str, str]] = {
    "unknown_key": (
        'unknown key "{key}" at position {at}{suggest_en}; put text with a colon in quotes to search for it',
        "第 {at} 个字符处的键“{key}”不存在{suggest_zh}；要搜索含冒号的文字，请加引号",
    ),
    "unknown_value": (
        '"{value}" is no value of {key} (position {at}){suggest_en}; known: {known}',
        "“{value}”不是 {key} 的取值（第 {at} 个字符）{suggest_zh}；可用：{known}",
    ),
    "no_value": (
        "{key}: has no value (position {at}); write it directly after the colon",
        "{key}: 后面没有值（第 {at} 个字符）；值要紧跟在冒号后面",
    ),
    "open_quote": (
        "the quote opened at position {at} is never closed",
        "第 {at} 个字符处的引号没有闭合",
    ),
    "empty_text": (
        "position {at}: there is nothing between the quotes",
        "第 {at} 个字符处的引号里没有内容",
    ),
    "bad_time": (
        '{key}: "{value}" (position {at}) is no time; write <24h, >7d, 2026-01-31, >=2026-01-31T08:00',
        "{key}:“{value}”（第 {at} 个字符）不是时间；请写成 <24h、>7d、2026-01-31 或 >=2026-01-31T08:00",
    ),
    "time_range": (
        '{key}: "{value}" (position {at}) is out of range; ages go up to 3650d, years from 1970 to 2200',
        "{key}:“{value}”（第 {at} 个字符）超出范围；时长最多 3650d，年份为 1970 到 2200",
    ),
    "bad_trace": (
        'trace: "{value}" (position {at}) is no trace id; it has 32 hex digits',
        "trace:“{value}”（第 {at} 个字符）不是 trace id；它由 32 个十六进制数字组成",
    ),
    "no_attribute": (
        "attr. (position {at}) needs a name: attr.http.response.status_code:500",
        "attr.（第 {at} 个字符）后面要写属性名：attr.http.response.status_code:500",
    ),
    "bad_character": (
        "position {at}: this character cannot be searched for",
        "第 {at} 个字符无法用于搜索",
    ),
    "too_long": (
        "the query is longer than {limit} characters",
        "查询超过 {limit} 个字符",
    ),
    "too_many": (
        "the query has more than {limit} terms or values (position {at})",
        "查询的条件或取值超过 {limit} 个（第 {at} 个字符）",
    ),
    "relative": (
        '{key}: "{value}" (position {at}) depends on when or by whom it is read; rules and mutes need a fixed value',
        "{key}:“{value}”（第 {at} 个字符）随时间或查看者而变；规则和静默只能用固定的值",
    ),
    "scope": (
        "position {at}: a scope has only positive terms over project, platform, store, service and env",
        "第 {at} 个字符：权限范围只能由 project、platform、store、service、env 的正向条件组成",
    ),
}


class QueryError(ValueError):
    """A query cannot be read.

    `code` names the fault, `position` counts characters from 1, `parameters` hold what the message shows.
    `str(error)` is English; `text(locale)` gives en or zh.
    """

    def __init__(self, code: str, position: int = 1, **parameters: str) -> None:
        self.code = code
        self.position = position
        self.parameters = {"suggest_en": "", "suggest_zh": "", **parameters}
        super().__init__(self.text("en"))

    def text(self, locale: str) -> str:
        """Return the message in `locale` (zh, else en)."""
        english, chinese = _TEXTS[self.code]
        return (chinese if locale == "zh" else english).format(at=self.position, **self.parameters)


def suggestion(wrong: str, known: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters that name the nearest known word, empty when none is near."""
    near = get_close_matches(wrong.lower(), known, n=1, cutoff=0.5)
    if not near:
        return {}
    return {"suggest_en": f'; did you mean "{near[0]}"?', "suggest_zh": f"，是否指“{near[0]}”"}
