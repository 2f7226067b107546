"""A model.conf is read where policies here say what it says, and is refused at its line where they do not."""

from __future__ import annotations

from pathlib import Path

import casbin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.problems import BadInputError
from server.access.casbin_model import PLAIN, CasbinModel, read_model
from server.access.casbin_text import MODEL, import_lines
from server.access.conditions import ALWAYS
from server.access.rights import Rights
from server.access.snapshot import compile_policies


def model(
    *,
    request: str = "sub, obj, act",
    policy: str = "sub, obj, act",
    roles: str = "[role_definition]\ng = _, _\n",
    effect: str = "some(where (p.eft == allow))",
    matcher: str = "g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act",
) -> str:
    return (
        f"[request_definition]\nr = {request}\n\n[policy_definition]\np = {policy}\n\n{roles}"
        f"[policy_effect]\ne = {effect}\n\n[matchers]\nm = {matcher}\n"
    )


DENYING = "some(where (p.eft == allow)) && !some(where (p.eft == deny))"
MODELS = {
    "roles": model(),
    "denials": model(policy="sub, obj, act, eft", effect=DENYING),
    "no roles": model(roles="", matcher="r.sub == p.sub && r.obj == p.obj && r.act == p.act"),
    "roles that nothing asks": model(matcher="r.sub == p.sub && r.obj == p.obj && r.act == p.act"),
    "another order": model(policy="eft, act, obj, sub", effect=DENYING),
    "stars": model(matcher='g(r.sub, p.sub) && (p.obj == "*" || r.obj == p.obj) && (r.act == p.act || p.act == "*")'),
    "words for everything": model(
        matcher='(g(r.sub, p.sub) || p.sub == "anyone") && (r.obj == p.obj || p.obj == "any") && p.act == r.act'
    ),
    "keyMatch": model(matcher="g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && keyMatch(r.act, p.act)"),
    "brackets and lines": model(matcher="((g(r.sub, p.sub)) && \\\n  (r.obj == p.obj && (r.act == p.act)))"),
    "no objects": model(request="sub, act", policy="sub, act", matcher="g(r.sub, p.sub) && r.act == p.act"),
    "no subjects": model(request="obj, act", policy="obj, act", matcher="r.obj == p.obj && r.act == p.act"),
}
SUBJECTS = ("a", "b", "c")
OBJECTS = ("customer", "order")
ACTIONS = ("read", "export")


def columns_of(read: CasbinModel, draw: st.DrawFn) -> list[str]:
    values = {
        "sub": [*SUBJECTS, *(one for one in read.everything["sub"] if one != "*")],
        "obj": [*OBJECTS, *read.everything["obj"]],
        "act": [*ACTIONS, *read.everything["act"]],
        "eft": ["allow", "allow", "deny"],
    }
    return [draw(st.sampled_from(values[name])) for name in read.columns]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """A model and lines for it; subjects inherit those before them."""
    text = draw(st.sampled_from(list(MODELS.values())))
    read = read_model(text)
    lines = [["p", *columns_of(read, draw)] for _ in range(draw(st.integers(1, 6)))]
    if read.inherits:
        for place, below in enumerate(SUBJECTS[1:], 1):
            lines += [["g", below, above] for above in draw(st.lists(st.sampled_from(SUBJECTS[:place]), max_size=2))]
    return text, "\n".join(", ".join(line) for line in lines)


@settings(max_examples=200)
@given(files())
def test_imported_lines_decide_as_casbin_does_by_their_model(file: tuple[str, str]) -> None:
    text, lines = file
    asked = casbin.Enforcer.new_model(text=text)
    enforcer = casbin.Enforcer(asked)
    for kind, *columns in (line.split(", ") for line in lines.splitlines()):
        (enforcer.add_policy if kind == "p" else enforcer.add_grouping_policy)(*columns)
    names = read_model(text).columns
    imported = import_lines(lines, read_model(text)).document
    snapshot = compile_policies({role.name: role for role in imported.roles}, imported.policies)
    for subject in SUBJECTS:
        rights = Rights(snapshot, snapshot.subjects([subject]))
        for object_name in OBJECTS:
            for action in ACTIONS:
                request = {"sub": subject, "obj": object_name, "act": action}
                theirs = enforcer.enforce(*(value for axis, value in request.items() if axis in names))
                assert (rights.rows(object_name, action) == ALWAYS) == theirs, request


def test_our_own_model_is_read_as_it_is_written() -> None:
    read = read_model(MODEL)
    assert (read.columns, read.inherits, read.denies) == (PLAIN.columns, True, True)
    assert dict(read.everything) == {"sub": {"role:*"}, "obj": {"*"}, "act": {"*"}}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (model(request="sub, dom, obj, act"), 2, "has a column 'dom'"),
        (model(policy="sub, obj, act, priority"), 5, "has a column 'priority'"),
        (model(roles="[role_definition]\ng = _, _, _\n"), 8, "each tenant is a domain"),
        (model(roles="[role_definition]\ng = _, _\ng2 = _, _\n"), 9, "groups of objects"),
        (model(effect="priority(p.eft) || deny"), 10, "a denial always wins"),
        (model(effect="!some(where (p.eft == deny))"), 10, "something must allow"),
        (model(matcher="r.sub.age > 18 && r.obj == p.obj && r.act == p.act"), 13, "asks by 'r.sub.age'"),
        (model(matcher="eval(p.sub) && r.obj == p.obj && r.act == p.act"), 13, r"asks eval\(p.sub\)"),
        (model(matcher="g(r.sub, p.sub) && regexMatch(r.obj, p.obj) && r.act == p.act"), 13, "asks regexMatch"),
        (model(matcher="r.sub == r.obj.owner && r.obj == p.obj && r.act == p.act"), 13, "asks r.sub == r.obj.owner"),
        (
            model(matcher='(g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act) || r.sub == "root"'),
            13,
            "joins by |",
        ),
        (model(matcher='(g(r.sub, p.sub) || r.sub == "root") && r.obj == p.obj && r.act == p.act'), 13, "lets some by"),
        (model(matcher="(r.sub == p.sub || r.obj == p.obj) && r.act == p.act"), 13, "joins different columns"),
        (model(matcher="g(r.sub, p.sub) && r.obj == p.obj"), 13, "does not ask of 'act'"),
        (model(matcher='p.sub == "a" && r.obj == p.obj && r.act == p.act'), 13, "compares 'sub' with no request"),
        (model(policy="sub, obj", matcher="g(r.sub, p.sub) && r.obj == p.obj"), 5, "do not both have 'act'"),
    ],
)
def test_model_that_says_otherwise_is_refused_at_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(BadInputError, match=why) as caught:
        read_model(text)
    assert ("other_casbin_model", ("model", line)) in [(fault.reason, fault.path) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (model().replace("[matchers]", "[matcher]"), ("model", 13)),
        ("[request_definition]\nr = sub, obj, act\n", ("model",)),
        (model(matcher="g(r.sub, p.sub"), ("model", 13)),
        (model(matcher="g(r.sub, p.sub) && "), ("model", 13)),
        (model(matcher="r.sub == p.sub) && r.obj == p.obj"), ("model", 13)),
        (model(request="sub, sub, act"), ("model", 2)),
        ("r = sub\n" + model(), ("model", 1)),
        (model() + "m = r.sub == p.sub\n", ("model", 14)),
        ("#" * 20_001, ("model",)),
    ],
)
def test_model_that_cannot_be_read_is_refused(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(BadInputError) as caught:
        read_model(text)
    assert ("bad_casbin_model", path) in [(fault.reason, fault.path) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "lines", "why"),
    [
        (model(), "p, a, *, read", "'\\*' as obj, which is a name in its model"),
        (model(), "p, role:*, customer, read", "'role:\\*' as sub"),
        (MODELS["keyMatch"], "p, a, cust*, read", "the pattern 'cust\\*' as obj"),
        (model(policy="sub, obj, act, eft"), "p, a, customer, read, deny", "denies, which the model passes over"),
        (MODELS["no roles"], "g, b, a", "gives a role, and the model asks for none"),
        (model(), "p, a, customer, read, allow", "is no policy line of the columns sub, obj, act"),
    ],
)
def test_line_that_means_something_else_in_its_model_is_refused(text: str, lines: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why) as caught:
        import_lines(f"p, a, customer, read\n{lines}\n" if text == model() else f"\n{lines}\n", read_model(text))
    assert [(fault.reason, fault.path) for fault in caught.value.faults] == [("bad_casbin_line", ("lines", 2))]


def test_model_and_lines_written_by_others_are_read(tmp_path: Path) -> None:
    """Casbin's own first example of roles: alice reads data1, and writes data2 as an administrator of data2."""
    lines = "p, alice, data1, read\np, data2_admin, data2, read\np, data2_admin, data2, write\ng, alice, data2_admin\n"
    imported = import_lines(lines, read_model(model()))
    assert [(one.role, one.object, one.actions) for one in imported.document.policies] == [
        ("alice", "data1", ("read",)),
        ("data2_admin", "data2", ("read",)),
        ("data2_admin", "data2", ("write",)),
    ]
