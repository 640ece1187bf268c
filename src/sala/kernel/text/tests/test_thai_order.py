"""Thai names stand where a Thai dictionary puts them."""

from __future__ import annotations

import random
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.kernel.text.interface import normal, search_text, sort_key, words

IN_ORDER = [
    "Bangkok",
    "Zebra",
    "กก",
    "กรด",
    "กรม",
    "กระดาน",
    "กะทิ",
    "กา",
    "กำ",
    "กิน",
    "เก",
    "เก็บ",
    "เกม",
    "เกา",
    "แก",
    "แกง",
    "โกน",
    "ไก่",
    "ขา",
    "ข่า",
    "ข้า",
    "ข้าว",
    "งาน",
    "จันทบุรี",
    "เชียงราย",
    "เชียงใหม่",
    "ตรัง",
    "ตราด",
    "ตาก",
    "ไทย",
    "นนทบุรี",
    "น่าน",
    "แพร่",
    "แม่ฮ่องสอน",
    "เลย",
    "สตูล",
    "สระแก้ว",
    "สระบุรี",
    "สุโขทัย",
    "อ่างทอง",
    "อำนาจเจริญ",
    "อุดรธานี",
]


def test_a_shuffled_list_comes_back_in_dictionary_order() -> None:
    shuffled = IN_ORDER[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == IN_ORDER


def test_tone_marks_decide_only_between_words_that_are_otherwise_equal() -> None:
    assert sorted(["ข้าง", "ขาย", "ข่า", "ขา"], key=sort_key) == ["ขา", "ข่า", "ข้าง", "ขาย"]


def test_thai_digits_sort_as_digits() -> None:
    assert sort_key("เขต ๑๐") == sort_key("เขต 10")


THAI = st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), max_size=20)


@given(THAI, THAI)
def test_the_order_is_total_and_stable_under_spelling(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) + (sort_key(other) < sort_key(one)) + (
        sort_key(one) == sort_key(other)
    ) == 1
    assert sort_key(normal(one)) == sort_key(one)


@given(st.text(max_size=40))
def test_normal_spelling_is_normal_already(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_what_looks_the_same_is_spelt_the_same() -> None:
    assert normal("น\u0e4d\u0e49า") == "น้ำ"
    assert normal("เเม่") == "แม่"
    assert normal(" ก\u200bข \n ค ") == "กข ค"


def test_thai_is_cut_into_words_and_words_are_found() -> None:
    assert words("คำขออนุญาตก่อสร้างอาคาร") == ["คำ", "ขออนุญาต", "ก่อสร้าง", "อาคาร"]
    assert search_text("ใบอนุญาต ปี ๒๕๖๙", "Permit 2026") == "ใบอนุญาต ปี 2569 permit 2026"


@pytest.mark.bench
def test_the_speed_of_keys_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"องค์การบริหารส่วนตำบลบ้านดาวระยับที่ {number}" for number in range(5_000)]
    started = time.perf_counter()
    for name in names:
        sort_key(name)
    keyed = time.perf_counter()
    for name in names:
        words(name)
    cut = time.perf_counter()
    with capsys.disabled():
        sys.stdout.write(f"sort_key {5000 / (keyed - started):,.0f}/s, words {5000 / (cut - keyed):,.0f}/s\n")
