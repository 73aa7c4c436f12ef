"""The process that a document is run in: how it is started, what it is given, when it is ready."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

from analysis.presentation.kernel import DRAWERS
from analysis.settings import ROOT, settings

PRELOAD = "--IPKernelApp.exec_lines=__import__('analysis.presentation.report')"
KEPT_FONTS, FONTS = ROOT / ".build" / "matplotlib", "fontlist-*.json"  # as Matplotlib names it


class Client(AsyncKernelClient):
    """Is ready when the kernel has answered and is heard.

    The library's waits on for a fifth of a second in which nothing is said; what is said then is told apart by the request that it answers.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises RuntimeError if the kernel is gone, or has not answered within `timeout` seconds."""
        began = time.monotonic()
        while True:
            self.kernel_info()
            with suppress(Empty):
                answer = await self.get_shell_msg(timeout=1)
                if answer["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)
                    self._handle_kernel_info_reply(answer)
                    return
            if not await self.is_alive():
                raise RuntimeError("the kernel was gone before it answered")
            if timeout is not None and time.monotonic() - began > timeout:
                raise RuntimeError(f"the kernel did not answer in {timeout:.0f} seconds")


@contextmanager
def kernel(folder: Path) -> Iterator[NotebookClient]:
    """A kernel that starts in `folder`, and has loaded what documents need, while its caller goes on."""
    client = NotebookClient(
        nbformat.v4.new_notebook(), timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
        store_widget_state=False, record_timing=False, extra_arguments=["--log-level=50", PRELOAD],
        shutdown_kernel="immediate",  # a graceful one takes a second, and there is nothing to keep
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as private:
        client.create_kernel_manager()
        client.km.client_factory = Client
        client.km.transport = "ipc"  # sockets of the file system: no port is opened
        client.km.connection_file = f"{private}/kernel.json"
        _lend_fonts(Path(private))
        client.start_new_kernel(cwd=str(folder), env=_environment(private))
        try:
            yield client
        finally:
            if client.km is not None and client.km.has_kernel:  # it stays, or was never run
                run_sync(client.km.shutdown_kernel)(now=True)
            _keep_fonts(Path(private))


def _environment(private: str) -> dict:
    """The kernel's environment: nothing of the user's home, time zone or locale reaches the document."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, DRAWERS: str(settings().workers), "IPYTHONDIR": private, "JUPYTER_CONFIG_DIR": private,
                         "MPLCONFIGDIR": private, "TZ": "UTC",
                         "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # fmt: skip


def _lend_fonts(private: Path) -> None:
    """Gives a kernel the list of this machine's fonts, which takes Matplotlib over a second to make."""
    for fonts in KEPT_FONTS.glob(FONTS):
        shutil.copyfile(fonts, private / fonts.name)


def _keep_fonts(private: Path) -> None:
    """Keeps the list that a kernel has made, if it drew; one that it could not use is replaced."""
    for fonts in private.glob(FONTS):
        kept = KEPT_FONTS / fonts.name
        if not kept.is_file() or kept.read_bytes() != fonts.read_bytes():
            KEPT_FONTS.mkdir(parents=True, exist_ok=True)
            part = KEPT_FONTS / f"{os.getpid()}.part"
            shutil.copyfile(fonts, part)
            os.replace(part, kept)
