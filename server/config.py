"""Settings: one table, read once from the environment into one frozen `Config`.

`SETTINGS` is the table; `docs/settings.md` is written from it (`python -m server.config`), and a test keeps them equal.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_type_hints
from urllib.parse import urlsplit

from metadata.problems import Faults

__all__ = ["CLIENT_VARIABLES", "PREFIX", "SETTINGS", "Config", "Setting", "load_config", "settings_page"]

PREFIX = "TANGRAM_"

CLIENT_VARIABLES = frozenset(PREFIX + name for name in ("URL", "TENANT", "EMAIL", "PASSWORD"))
"""What programs that call the API read; the server passes them by."""

LogFormat = Literal["auto", "console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
SmtpSecurity = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as documented.

    Attributes:
        help: One line: what it does.
        unit: What a number counts; empty for text and switches.
        minimum: Smallest number accepted.
        secret: Never shown, logged or put in an error.
        default_text: What the docs say where the default is computed.
    """

    help: str
    unit: str = ""
    minimum: int = 0
    secret: bool = False
    default_text: str = ""


def _setting(default: Any, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(help, **more)}, repr=not more.get("secret", False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of one process. Attribute `port` is the variable `TANGRAM_PORT`, and so on."""

    host: str = _setting("127.0.0.1", "Address the web server listens on.")
    port: int = _setting(8000, "TCP port the web server listens on; 0 takes a free one.", unit="port")
    public_url: str = _setting("", "URL that clients reach the server at, for links.", default_text="http://HOST:PORT")
    data_dir: Path = _setting(
        Path(".tangram/data"), "Folder for the embedded servers, uploaded files and generated secrets."
    )
    database_url: str = _setting(
        "",
        "PostgreSQL 16 or newer, as `postgresql://user:password@host/database`.",
        secret=True,
        default_text="an embedded PostgreSQL in the data folder",
    )
    database_app_url: str = _setting(
        "",
        "The same database for the role that serves requests, which owns nothing and stands behind row-level security.",
        secret=True,
        default_text="a role that is made, named `<database>_app`",
    )
    wall: bool = _setting(
        True, "Serve requests as a role of its own, behind row-level security; 0 where no such role can be made."
    )
    redis_url: str = _setting(
        "",
        "Valkey or Redis, as `redis://:password@host:6379/0`.",
        secret=True,
        default_text="an embedded Valkey in the data folder",
    )
    workers: int = _setting(1, "Web processes; one per CPU core is a good number.", unit="processes", minimum=1)
    pool_size: int = _setting(
        8, "Database connections each process may open for requests.", unit="connections", minimum=1
    )
    admin_password: str = _setting(
        "",
        "Password of the first administrator of the demo tenant.",
        secret=True,
        default_text="generated and printed once",
    )
    demo: bool = _setting(True, "Create the tenant `demo` with sample data when there is no tenant yet.")
    secret_key: str = _setting(
        "",
        "Key that signs tokens and encrypts secrets; at least 32 characters.",
        secret=True,
        default_text="generated once into the data folder",
    )
    log_format: LogFormat = _setting("auto", "`console`, `json`, or `auto`: console on a terminal, else JSON.")
    log_level: LogLevel = _setting("info", "`debug`, `info`, `warning` or `error`.")
    access_token_s: int = _setting(900, "Lifetime of an access token.", unit="seconds", minimum=10)
    refresh_token_s: int = _setting(
        2_592_000, "Lifetime of a refresh token that is not used.", unit="seconds", minimum=60
    )
    body_limit_bytes: int = _setting(2_097_152, "Largest JSON request body.", unit="bytes", minimum=1_024)
    upload_limit_bytes: int = _setting(
        52_428_800, "Largest multipart upload, all files together.", unit="bytes", minimum=1_024
    )
    statement_timeout_ms: int = _setting(
        10_000, "Time PostgreSQL may spend on one statement.", unit="milliseconds", minimum=10
    )
    request_timeout_s: int = _setting(30, "Time a request may take before it is given up.", unit="seconds", minimum=1)
    shutdown_timeout_s: int = _setting(
        10, "Time running requests and jobs are given to finish at shutdown.", unit="seconds", minimum=1
    )
    rate_limit_per_s: int = _setting(0, "Requests per second each actor may send; 0 is without limit.", unit="requests")
    cors_origins: str = _setting("", "Origins that browsers may call from, separated by commas; `*` for all.")
    trusted_proxies: str = _setting(
        "", "Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas."
    )
    model_cache_bytes: int = _setting(
        134_217_728, "Memory for tenant models in each process.", unit="bytes", minimum=1_048_576
    )
    plan_cache_bytes: int = _setting(
        33_554_432, "Memory for operation plans in each process.", unit="bytes", minimum=65_536
    )
    webhook_allow_private: bool = _setting(
        False, "Let webhooks call private and loopback addresses; for development only."
    )
    smtp_host: str = _setting("", "Server that e-mail is sent by; empty sends none.")
    smtp_port: int = _setting(587, "Its TCP port.", unit="port", minimum=1)
    smtp_security: SmtpSecurity = _setting(
        "starttls", "`starttls`, `tls` from the first byte, or `none` for a server on this machine."
    )
    smtp_user: str = _setting("", "Whom to sign in as; empty does not sign in.")
    smtp_password: str = _setting("", "The password to sign in with.", secret=True)
    smtp_from: str = _setting("", "Address that e-mail comes from, as `Tangram <no-reply@example.com>`.")
    job_timeout_s: int = _setting(300, "Time one background job may take.", unit="seconds", minimum=1)
    jobs: int = _setting(10, "Background jobs the worker process runs at the same time.", unit="jobs", minimum=1)
    event_retention_days: int = _setting(
        0, "Handled events older than this are removed, and history with them; 0 keeps all.", unit="days"
    )
    dead_job_retention_days: int = _setting(
        90, "Jobs that were given up are removed after this long; 0 keeps all.", unit="days"
    )
    audit_retention_days: int = _setting(
        0, "Audit entries older than this are removed, a signed checkpoint in their place; 0 keeps all.", unit="days"
    )
    rule_run_days: int = _setting(
        400, "The log keeps what rules did this long; guards such as a cool-down go by it. 0 keeps all.", unit="days"
    )
    rule_log_days: int = _setting(30, "The log keeps why rules did nothing this long; 0 keeps all.", unit="days")
    outreach_retention_days: int = _setting(
        400,
        "Messages to customers are removed this long after they were put down, unless they wait; 0 keeps all.",
        unit="days",
    )
    export_hours: int = _setting(24, "Files of exports are kept this long.", unit="hours", minimum=1)
    metadata_retention_days: int = _setting(30, "Removed objects and fields keep their data this long.", unit="days")

    @property
    def base_url(self) -> str:
        """The URL to show people and put in links, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings as variables, for a child process; defaults are left out."""
        variables = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                variables[PREFIX + item.name.upper()] = str(int(value) if isinstance(value, bool) else value)
        return variables

    def child_environment(self) -> dict[str, str]:
        """All variables of a child process: those of this one, with these settings in place of its own."""
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return others | self.environment()


SETTINGS: Mapping[str, Setting] = {
    PREFIX + item.name.upper(): item.metadata["setting"] for item in dataclasses.fields(Config)
}
"""Every setting by the name of its variable, in the order of the docs."""


def load_config(environment: Mapping[str, str] | None = None) -> Config:
    """Read the settings.

    Args:
        environment: Variables to read; the process's own when None. An empty value counts as not set.

    Returns:
        The settings, with `data_dir` made absolute.

    Raises:
        BadInputError: With every unknown or unreadable variable. Secret values are not repeated.
    """
    given = os.environ if environment is None else environment
    types = get_type_hints(Config)
    faults = Faults()
    values: dict[str, Any] = {}
    for variable, text in sorted(given.items()):
        if not variable.startswith(PREFIX) or variable in CLIENT_VARIABLES:
            continue
        if variable not in SETTINGS:
            _refuse_unknown(variable, faults)
        elif text != "":
            attribute = variable.removeprefix(PREFIX).lower()
            _read(variable, text, types[attribute], attribute, values, faults)
    faults.raise_if_any()
    config = Config(**values)
    return dataclasses.replace(config, data_dir=config.data_dir.expanduser().resolve())


def settings_page() -> str:
    """The text of `docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "Settings are environment variables, read once at start. A variable that starts with `TANGRAM_` and is not in",
        "this table is refused, and so is a value that cannot be read. `tangram doctor` checks the whole environment.",
        "",
        "This page is written from the table in `server/config.py` by `python -m server.config`; a test compares them.",
        "",
        "| variable | default | unit | meaning |",
        "|---|---|---|---|",
    ]
    defaults = {PREFIX + item.name.upper(): item.default for item in dataclasses.fields(Config)}
    for variable, setting in SETTINGS.items():
        default = setting.default_text or _default_text(defaults[variable])
        secret = " Secret." if setting.secret else ""
        lines.append(f"| `{variable}` | {default} | {setting.unit} | {setting.help}{secret} |")
    return "\n".join(lines) + "\n"


def _default_text(default: object) -> str:
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    return f"`{default}`" if str(default) else "empty"


def _refuse_unknown(variable: str, faults: Faults) -> None:
    close = difflib.get_close_matches(variable, SETTINGS, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]}? " if close else ""
    faults.add(
        "unknown_setting",
        f"There is no setting '{variable}'.",
        path=(variable,),
        hint=f"{hint}All settings are listed in docs/settings.md.",
    )


def _read(variable: str, text: str, kind: Any, attribute: str, values: dict[str, Any], faults: Faults) -> None:
    setting = SETTINGS[variable]
    problem = ""
    if kind is bool:
        value: Any = {"1": True, "true": True, "yes": True, "on": True}.get(text.lower())
        if value is None:
            value = {"0": False, "false": False, "no": False, "off": False}.get(text.lower())
        problem = "" if value is not None else "is neither 1 nor 0"
    elif kind is int:
        value, problem = _read_number(text, setting)
    elif kind is Path:
        value = Path(text)
    elif kind is str:
        value, problem = text, _text_problem(attribute, text)
    else:
        allowed = kind.__args__
        value = text.lower()
        problem = "" if value in allowed else f"is none of {', '.join(allowed)}"
    if problem:
        shown = "its value" if setting.secret else f"'{text}'"
        faults.add("bad_setting", f"{variable}: {shown} {problem}.", path=(variable,), hint=setting.help)
    else:
        values[attribute] = value


def _read_number(text: str, setting: Setting) -> tuple[int, str]:
    try:
        number = int(text.replace("_", ""))
    except ValueError:
        return 0, f"is not a whole number of {setting.unit}"
    if number < setting.minimum:
        return 0, f"is less than {setting.minimum} {setting.unit}"
    if setting.unit == "port" and number > 65_535:
        return 0, "is greater than 65535"
    return number, ""


def _text_problem(attribute: str, text: str) -> str:
    schemes = {
        "database_url": ("postgresql", "postgres"),
        "database_app_url": ("postgresql", "postgres"),
        "redis_url": ("redis", "rediss", "unix"),
        "public_url": ("http", "https"),
    }
    if attribute in schemes:
        try:
            scheme = urlsplit(text).scheme
        except ValueError:
            return "is not a URL"
        if scheme not in schemes[attribute]:
            return f"does not start with {schemes[attribute][0]}://"
    if attribute == "secret_key" and len(text) < 32:
        return "is shorter than 32 characters"
    return ""


if __name__ == "__main__":
    sys.stdout.write(settings_page())
