"""Texts judged by words and by examples: denial, intensity, confidence on both sides of what is asked, proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.classifiers.judging import Judgement, decided
from metadata.classifiers.kinds import judge_of, version_of
from metadata.classifiers.proving import proofs_of
from metadata.classifiers.values import (
    Classifier,
    ClassifierEntry,
    Intensifier,
    LearnedSettings,
    LexiconSettings,
    TextClass,
)

MOODS = (TextClass(key="complaint"), TextClass(key="positive", opposite="complaint"), TextClass(key="neutral"))
WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "complaint": {"3": ("投诉", "骗子"), "1": ("慢", "贵")},
    "positive": {"1": ("满意", "喜欢", "happy"), "0": ("满意度",)},
}
LOUDER = (Intensifier(word="非常", times="2"), Intensifier(word="太", times="1.5"), Intensifier(word="very", times="2"))
EXAMPLES = {
    "size": ("这件衣服有大码吗", "我身高170穿什么码", "尺码偏大还是偏小", "160斤能穿多大的", "有没有XL码"),
    "delivery": ("什么时候发货", "快递到哪了", "几天能到", "发的什么快递", "物流一直没更新"),
    "refund": ("我要退货", "怎么退款", "退款什么时候到账", "不想要了可以退吗", "申请了退款没人处理"),
}


def lexicon(words: Mapping[str, Mapping[str, Sequence[str]]] = WORDS, **more: Any) -> Classifier:
    entries = tuple(
        ClassifierEntry(name=f"{of}_{number}", of=of, weight=weight, texts=tuple(texts))
        for of, lists in words.items()
        for number, (weight, texts) in enumerate(lists.items())
    )
    settings = LexiconSettings(doubt="1", otherwise="neutral", intensity=LOUDER)
    more = {"classes": MOODS, "settings": settings, **more}
    return Classifier(name="mood", object="message", field="content", kind="lexicon", entries=entries, **more)


def learned(**more: Any) -> Classifier:
    entries = tuple(ClassifierEntry(name=of, of=of, texts=texts) for of, texts in EXAMPLES.items())
    more = {"confidence": "0.5", "entries": entries, **more}
    classes = tuple(TextClass(key=key) for key in EXAMPLES)
    return Classifier(
        name="need", object="message", field="content", kind="learned", classes=classes, settings=LearnedSettings(),
        **more,
    )  # fmt: skip


def judged(classifier: Classifier, text: str) -> Judgement:
    judge = judge_of(classifier)
    assert judge is not None
    return decided(judge(text), Decimal(classifier.confidence))


@pytest.mark.parametrize(
    ("text", "key", "confidence"),
    [
        ("我要投诉", "complaint", "0.7500"),
        ("很满意", "positive", "0.5000"),
        ("不满意", "complaint", "0.5000"),
        ("不太满意", "complaint", "0.6000"),
        ("非常满意", "positive", "0.6667"),
        ("不是不满意", "positive", "0.5000"),
        ("是不是满意", "positive", "0.5000"),
        ("不贵", "neutral", "1.0000"),  # what has no opposite says nothing when it is denied
        ("请问几点开门", "neutral", "1.0000"),
        ("做个满意度调查", "neutral", "1.0000"),  # weight 0 hides the shorter word in it
        ("VERY Happy, thanks", "positive", "0.6667"),
        ("not very happy", "complaint", "0.6667"),
        ("I am unhappy", "neutral", "1.0000"),  # words of letters are whole words
        ("太慢太慢", "complaint", "0.7500"),
    ],
)
def test_words_decide_denied_ones_for_the_opposite_and_intensified_ones_louder(
    text: str, key: str, confidence: str
) -> None:
    found = judged(lexicon(), text)
    assert (found.key, str(found.confidence)) == (key, confidence)


def test_the_words_that_decided_stand_where_they_are_in_the_text() -> None:
    found = judged(lexicon(), "物流慢，不太满意，我要投诉你们")
    shown = [(word.text, word.at, word.of, str(word.weight), word.denied) for word in found.words]
    assert shown == [
        ("投诉", 11, "complaint", "3", False),
        ("不太满意", 4, "complaint", "1.5", True),
        ("慢", 2, "complaint", "1", False),
    ]
    hushed = judged(lexicon(), "不贵").words
    assert [(word.text, word.of, word.denied) for word in hushed] == [("不贵", "", True)]


def test_what_is_as_sure_as_is_asked_is_clear_and_what_is_less_is_unclear() -> None:
    at, above = (judged(lexicon(confidence=needed), "我要投诉") for needed in ("0.75", "0.7501"))
    assert (at.key, at.likely) == ("complaint", "complaint")
    assert (above.key, above.likely, above.confidence) == ("unclear", "complaint", Decimal("0.75"))


def test_without_a_class_for_doubt_a_text_without_words_is_unclear() -> None:
    found = judged(lexicon(settings=LexiconSettings(doubt="1")), "请问几点开门")
    assert found == Judgement("unclear", "", Decimal("0.0000"))


OTHER = st.lists(st.text("退款慢贵好满意", min_size=1, max_size=3), max_size=6, unique=True)


@given(st.text("退款慢贵好满意不太非常", max_size=20), OTHER, st.sampled_from(["1", "2.5"]))
def test_words_of_another_class_never_make_a_class_surer(text: str, more: list[str], weight: str) -> None:
    """Neither does what they would hide, since each class looks for itself."""
    classes = (TextClass(key="complaint"), TextClass(key="positive"), TextClass(key="neutral"))
    few = {of: dict(lists) for of, lists in WORDS.items()}
    many: dict[str, Mapping[str, Sequence[str]]] = {**few, "neutral": {weight: more}}
    before, after = (judge_of(lexicon(words, classes=classes)) for words in (few, many))
    assert before is not None
    assert after is not None
    first, second = before(text).confidence, after(text).confidence
    for key in ("complaint", "positive"):
        assert second.get(key, Decimal()) <= first.get(key, Decimal())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("快递什么时候能到啊", "delivery"), ("我想申请退款", "refund"), ("请问有没有大码", "size"),
        ("今天天气不错", "unclear"), ("你们老板是谁", "unclear"), ("发票怎么开", "unclear"), ("谢谢", "unclear"),
        ("", "unclear"),
    ],
)  # fmt: skip
def test_likeness_to_examples_decides_and_what_is_like_none_is_unclear(text: str, key: str) -> None:
    assert judged(learned(), text).key == key


def test_the_parts_that_set_the_class_apart_are_told() -> None:
    found = judged(learned(), "快递到哪里了")
    assert found.words[0].text in ("快递", "快递到")
    assert all("快递到哪里了"[word.at :].startswith(word.text) for word in found.words)


@given(st.text(max_size=60))
def test_confidences_of_any_text_are_shares_of_one(text: str) -> None:
    judge = judge_of(learned())
    assert judge is not None
    shares = judge(text).confidence
    assert not shares or abs(sum(shares.values(), Decimal(-1))) < Decimal("0.0001")


def test_proofs_show_precision_and_recall_and_each_miss() -> None:
    proofs = (
        ClassifierEntry(name="p1", of="refund", texts=("退款多久", "把钱还给我"), proof=True),
        ClassifierEntry(name="p2", of="unclear", texts=("你们退休年龄是几岁",), proof=True),
    )
    classifier = learned()
    proven = learned(entries=(*classifier.entries, *proofs), confidence="0.4")
    found = {one.key: one for one in proofs_of(proven)}
    refund, unclear = found["refund"], found["unclear"]
    assert (refund.proofs, refund.found, refund.right) == (2, 1, 1)
    assert (refund.precision, refund.recall) == (Decimal(1), Decimal("0.5"))
    assert [(miss.text, miss.found) for miss in refund.misses] == [("把钱还给我", "unclear")]
    assert (unclear.proofs, unclear.found, unclear.right) == (1, 2, 1)
    assert proofs_of(classifier) == []


def test_a_version_is_another_one_as_soon_as_it_would_judge_otherwise() -> None:
    plain = lexicon()
    assert version_of(lexicon(label={"en": "Mood"}, keep_class="mood")) == version_of(plain)
    assert version_of(lexicon(confidence="0.6")) != version_of(plain)
    assert version_of(lexicon({"complaint": {"3": ("投诉",)}})) != version_of(plain)
