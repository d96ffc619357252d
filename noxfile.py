"""The project's tasks: `nox` runs the quick checks, `nox -l` lists all, `nox -s bench` runs one."""

from __future__ import annotations

import nox

nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "imports", "generated", "tests"]


def _install(session: nox.Session, extras: str = "test") -> None:
    session.install("--editable", f".[{extras}]")


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format."""
    _install(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    _install(session)
    session.run("mypy")
    session.run("mypy", "--strict", "--package", "tasks", "--package", "checks")


@nox.session
def imports(session: nox.Session) -> None:
    """Imports go one way."""
    _install(session)
    session.run("lint-imports")


@nox.session
def generated(session: nox.Session) -> None:
    """The generated files are current."""
    _install(session)
    session.run("python", "-m", "tasks.generate", "--check")


@nox.session
def generate(session: nox.Session) -> None:
    """Write what is made from the catalogue: the stub, the reference, counts in prose, the workbooks and their pictures."""
    _install(session)
    session.run("python", "-m", "tasks.generate")


@nox.session
def tests(session: nox.Session) -> None:
    """The quick tests; arguments after -- go to pytest."""
    _install(session)
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that need minutes."""
    _install(session)
    session.run("pytest", "-m", "slow", *session.posargs, success_codes=[0, 5])  # 5: no test is marked slow


@nox.session
def coverage(session: nox.Session) -> None:
    """Branch coverage of the signals and of the cells."""
    _install(session)
    session.run("pytest", "--cov=xlsig", "--cov-report=")
    session.run("coverage", "report", "--show-missing", "--include=xlsig/signals/*,xlsig/functions/cells.py", "--fail-under=100")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as web pages, in site/."""
    _install(session, "docs")
    session.run("mkdocs", "build", "--strict")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks, each against a peer in the same run."""
    _install(session)
    session.run("python", "-m", "benchmarks")
