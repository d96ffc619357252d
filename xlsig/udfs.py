"""What xlwings loads, in every host of its own: classic on Windows, Server, Lite."""

from xlsig.hosts.bindings import *  # noqa: F403
