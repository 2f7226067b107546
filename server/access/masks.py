"""What is shown in place of a masked value, as SQL, so that the value itself never leaves PostgreSQL.

| mask | shows |
|---|---|
| phone | `138****1234` of a Chinese mobile number, the first two digits and the last two of other long ones |
| name | `王*`, the first character |
| last_four | `****1234`, of texts of more than eight characters |
| bucket | `10000+`, the power of ten that a number reaches |
| hash | twelve hexadecimal digits, equal for equal values of one tenant and of no other's |
| stars | `****` |

No value stays no value. Short texts show nothing: what is left of them would tell the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from metadata.problems import BadInputError

__all__ = ["MASKS_SQL", "mask_sql"]

MASKS_SQL: Mapping[str, str] = MappingProxyType(
    {
        "phone": (
            r"case when {value} ~ '^(\+?86)?1\d{{10}}$' then left(right({value}, 11), 3) || '****' || right({value}, 4)"
            r" when {value} ~ '^\+?\d{{9,}}$' then left(ltrim({value}, '+'), 2) || '****' || right({value}, 2)"
            r" else '****' end"
        ),
        "name": "case when length({value}) > 1 then left({value}, 1) || '*' else '*' end",
        "last_four": "'****' || case when length({value}) > 8 then right({value}, 4) else '' end",
        "bucket": (
            "case when abs({value}) < 1 then '0' else case when {value} < 0 then '-' else '' end"
            " || trim_scale(power(10::numeric, floor(log(abs({value})::numeric))))::text || '+' end"
        ),
        "hash": "left(encode(sha256(convert_to({salt} || ':' || {value}::text, 'UTF8')), 'hex'), 12)",
        "stars": "'****'",
    }
)
"""By mask: SQL text of what is shown of `{value}`, which is not null; `{salt}` is a secret of the tenant."""


def mask_sql(mask: str, value: str, salt: str) -> str:
    """SQL text expression of a masked value; null for null.

    Args:
        mask: One of MASKS_SQL.
        value: SQL of the value: text, or a number for `bucket`.
        salt: SQL of a secret text of the tenant, so that nobody can compute hashes of guessed values.

    Raises:
        BadInputError: `unknown_mask`.
    """
    template = MASKS_SQL.get(mask)
    if template is None:
        known = ", ".join(MASKS_SQL)
        raise BadInputError.single("unknown_mask", f"There is no mask '{mask}'.", hint=f"Known masks: {known}.")
    return f"case when {value} is null then null else {template.format(value=value, salt=salt)} end"
