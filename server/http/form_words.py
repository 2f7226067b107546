"""Words of the public pages, in Chinese and English; what a tenant has declared comes in the languages it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metadata.model.values import Labels

__all__ = ["WORDS", "in_language", "language_of", "said"]

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "send": "提交",
        "thanks": "提交成功，谢谢！",
        "again": "可以关闭此页面。",
        "closed": "此表单已关闭",
        "closed_more": "链接已使用、已过期或已撤回，请联系给您链接的人。",
        "unknown": "找不到此表单",
        "unknown_more": "请检查链接是否完整。",
        "busy": "提交太频繁",
        "busy_more": "请稍后再试。",
        "large": "文件太大",
        "large_more": "请返回，选择较小的文件后重新提交。",
        "failed": "暂时无法打开",
        "failed_more": "请稍后再试。",
        "faults": "请修改以下内容后再次提交：",
        "files_again": "文件需要重新选择。",
        "required": "必填",
        "choose": "请选择",
        "yes": "是",
        "no": "否",
        "line": "第 {} 行",
        "remove": "删除",
        "at_most": "每个不超过 {} MB",
        "parts.lat": "纬度",
        "parts.lng": "经度",
        "parts.accuracy": "精度（米）",
        "parts.country": "国家",
        "parts.province": "省",
        "parts.city": "市",
        "parts.district": "区",
        "parts.street": "详细地址",
        "parts.postcode": "邮编",
        "parts.full": "姓名",
        "parts.last": "姓",
        "parts.first": "名",
        "fault.required": "请填写此项。",
        "fault.missing_value": "请填写此项。",
        "fault.bad_value": "格式不正确。",
        "fault.field_not_in_form": "此项现在不需要填写。",
        "fault.too_few_lines": "还需要再添加几项。",
        "fault.too_many_lines": "数量超过上限。",
        "fault.file_too_large": "文件太大。",
        "fault.wrong_content_type": "不支持这种文件。",
        "fault.too_far": "您离现场太远。",
        "fault.too_inexact": "定位不够准确，请重新定位。",
        "fault.wrong_code": "扫描的编码不对。",
        "fault.unknown_code": "找不到此编码。",
        "fault.not_unique": "已有相同的记录。",
        "fault.form_changed": "表单刚刚更新，请检查后再次提交。",
        "fault.": "请检查此项。",
    },
    "en": {
        "send": "Send",
        "thanks": "Thank you, we have received it.",
        "again": "You may close this page.",
        "closed": "This form is closed",
        "closed_more": "Its link was used, has expired or was withdrawn. Please ask whoever gave it to you.",
        "unknown": "There is no such form",
        "unknown_more": "Please check whether the link is complete.",
        "busy": "Sent too often",
        "busy_more": "Please try again later.",
        "large": "The files are too large",
        "large_more": "Please go back, choose smaller ones, and send it again.",
        "failed": "This does not work just now",
        "failed_more": "Please try again later.",
        "faults": "Please change this, and send it again:",
        "files_again": "Files have to be chosen again.",
        "required": "required",
        "choose": "Please choose",
        "yes": "Yes",
        "no": "No",
        "line": "Line {}",
        "remove": "Remove",
        "at_most": "up to {} MB each",
        "parts.lat": "Latitude",
        "parts.lng": "Longitude",
        "parts.accuracy": "Accuracy (m)",
        "parts.country": "Country",
        "parts.province": "Province",
        "parts.city": "City",
        "parts.district": "District",
        "parts.street": "Street",
        "parts.postcode": "Postal code",
        "parts.full": "Full name",
        "parts.last": "Family name",
        "parts.first": "Given name",
        "fault.required": "Please fill this in.",
        "fault.missing_value": "Please fill this in.",
        "fault.bad_value": "This does not look right.",
        "fault.field_not_in_form": "This is not needed now.",
        "fault.too_few_lines": "A few more are needed.",
        "fault.too_many_lines": "These are too many.",
        "fault.file_too_large": "The file is too large.",
        "fault.wrong_content_type": "Files of this kind are not taken.",
        "fault.too_far": "You are too far from the place.",
        "fault.too_inexact": "The measurement is too inexact, please try again.",
        "fault.wrong_code": "This is not the right code.",
        "fault.unknown_code": "This code is not known.",
        "fault.not_unique": "There is such a record already.",
        "fault.form_changed": "The form has just changed: please look through it, and send it again.",
        "fault.": "Please check this.",
    },
}


def language_of(asked: str, accepted: str, offered: Sequence[str]) -> str:
    """The language of a page: the one asked for, else the best that the browser accepts, else the first offered.

    Args:
        asked: Of the query string.
        accepted: The header Accept-Language.
        offered: Languages of the tenant, in order.

    Source:
        RFC 9110, section 12.5.4; a language stands for its regions here.
    """
    known = [language for language in offered if language in WORDS] or ["zh"]
    if asked in known:
        return asked
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        ranked.append((-weight, place, tag.split("-")[0].lower()))
    return next((tag for weight, _, tag in sorted(ranked) if weight < 0 and tag in known), known[0])


def in_language(labels: Labels, language: str) -> str:
    """A label in a language, else in any."""
    return labels.get(language) or next((text for text in labels.values() if text), "")


def said(language: str, reason: str) -> str:
    """A fault in words for people."""
    words = WORDS[language]
    return words.get(f"fault.{reason}", words["fault."])
