"""`./soakup` on machines of every kind; Python, pip and the package managers are stand-ins that note their calls."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = "sh cat cmp dirname readlink ln rm mv mkdir cp chmod sed tail tee sleep uname grep sort env touch"

BOOKS = ("jupyter-book", "pandoc", "slidev")

PYTHON = """#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
case $* in
*"(3, 13)"*) ;;
*%d.%d*) echo 3.12 ;;
*get_path*) echo /include ;;
*"-m venv"*) for venv; do :; done; mkdir -p "$venv/bin"; cp "$0" "$venv/bin/python" ;;
*"+cpu"*) [ -e "$OFFERS_CPU" ] ;;
*"install"*" uv") cp "$TOOLBOX/uv" "$(dirname "$0")/uv" ;;
*"install"*"-e "*)
    echo "Collecting manim"
    [ ! -e "$SLOW" ] || sleep 2
    if [ -e "$BROKEN" ]; then echo "ERROR: no route to the packages"; exit 1; fi
    cp "$TOOLBOX/real-soakup" "$(dirname "$0")/soakup" ;;
esac
"""
REAL_SOAKUP = """#!/bin/sh
for argument; do echo "[$argument]"; done
exit 7
"""
# A C compiler that lacks Cairo's headers until a package manager has been asked for them.
COMPILER = '#!/bin/sh\n[ -e "$LIBRARIES" ]\n'
MANAGER = '#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\ncase $* in *install*) touch "$LIBRARIES" ;; esac\n'


class Machine:
    """A folder with the launcher, and a PATH with nothing on it but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "my soakup"
        self.bin = folder / "bin"
        self.folder = folder
        self.home.mkdir()
        self.bin.mkdir()
        (self.home / "drawing").mkdir()
        for name in ("soakup", "pyproject.toml", "constraints.txt", "setup.py", "drawing/_canvas.pyx"):
            shutil.copy(ROOT / name, self.home / name)
        for tool in [*TOOLS.split(), "basename"]:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for name, code in (("python3", PYTHON), ("real-soakup", REAL_SOAKUP), ("cc", COMPILER)):
            self.has(name, code)
        self.has("pkg-config", "#!/bin/sh\n")
        self.has("id", "#!/bin/sh\necho 0\n")
        self.flag("LIBRARIES")
        self.flag("OFFERS_CPU")

    def has(self, name: str, code: str) -> None:
        (self.bin / name).write_text(code)
        (self.bin / name).chmod(0o755)

    def flag(self, name: str, on: bool = True) -> None:
        (self.folder / name).touch() if on else (self.folder / name).unlink()

    @property
    def calls(self) -> str:
        return (self.folder / "CALLS").read_text() if (self.folder / "CALLS").exists() else ""

    def forget(self) -> None:
        (self.folder / "CALLS").unlink(missing_ok=True)

    def start(self, *command: str, cwd: Path | None = None) -> subprocess.Popen:
        flags = ("CALLS", "SLOW", "BROKEN", "LIBRARIES", "OFFERS_CPU")
        env = {"PATH": str(self.bin), "TOOLBOX": str(self.bin)} | {name: str(self.folder / name) for name in flags}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=cwd or self.folder, env=env, start_new_session=True, **pipes)

    def run(self, *arguments: str, launcher: Path | str | None = None, cwd: Path | None = None):
        process = self.start(str(launcher or self.home / "soakup"), *arguments, cwd=cwd)
        out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


def test_the_first_use_sets_up_and_goes_on(machine):
    done = machine.run("render", "two words", "", "*", "-o", "it's.mp4")
    assert done.stdout.splitlines() == ["[render]", "[two words]", "[]", "[*]", "[-o]", "[it's.mp4]"]
    assert done.returncode == 7
    assert [line[:3] for line in done.stderr.splitlines() if line[1:3] == "/4"] == ["1/4", "2/4", "3/4", "4/4"]


def test_later_uses_start_at_once(machine):
    machine.run("--help")
    machine.forget()
    done = machine.run("--help")
    assert (done.stdout, done.stderr, machine.calls) == ("[--help]\n", "", "")


def test_it_works_from_anywhere_and_through_links(machine, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "one").symlink_to("../my soakup/soakup")
    (elsewhere / "two").symlink_to(elsewhere / "one")
    for launcher, cwd in (("../my soakup/soakup", elsewhere), ("./two", elsewhere), ("./soakup", machine.home)):
        assert machine.run("x", launcher=launcher, cwd=cwd).stdout == "[x]\n"
    assert (machine.home / ".venv").is_dir() and not (elsewhere / ".venv").exists()
    machine.forget()
    by_name = machine.start("sh", "soakup", "x", cwd=machine.home)
    assert by_name.communicate()[0] == "[x]\n"
    assert machine.calls == ""


@pytest.mark.parametrize("change", ["constraints", "place"])
def test_it_is_set_up_again_when_what_it_was_made_from_changes(machine, change):
    machine.run("x")
    machine.forget()
    if change == "constraints":
        (machine.home / "constraints.txt").write_text("torch==9\n")
    else:
        machine.home = machine.home.rename(machine.folder / "moved")
    assert machine.run("x").stdout == "[x]\n"
    assert machine.calls.count(" -e ") == 1
    assert "-m venv" not in machine.calls


def test_the_tests_have_extras_of_their_own(machine):
    machine.run("x")
    assert "[test]" not in machine.calls
    assert machine.run("test", "-k", "a or b").stdout.splitlines() == ["[test]", "[-k]", "[a or b]"]
    assert "soakup[test]" in machine.calls


def test_the_tests_have_a_browser_installed_and_go_on_without(machine):
    machine.has("apt-get", '#!/bin/sh\necho "apt-get $*" >>"$CALLS"\n[ -e "$OFFERS_CPU" ]\n')
    machine.run("x")
    assert "chromium" not in machine.calls
    machine.run("test")
    assert "apt-get install -y --no-install-recommends chromium\n" in machine.calls
    machine.forget()
    (machine.home / "constraints.txt").write_text("torch==9\n")
    machine.flag("OFFERS_CPU", False)
    done = machine.run("test")
    assert "Chromium cannot be installed" in done.stderr and done.stdout == "[test]\n"
    machine.has("chromium", "#!/bin/sh\n")
    machine.forget()
    (machine.home / "constraints.txt").write_text("torch==8\n")
    assert "Chromium" not in machine.run("test").stderr
    assert "apt-get" not in machine.calls


def test_all_tests_need_more_which_serves_the_usual_ones_too(machine):
    for name in BOOKS:
        machine.has(name, "#!/bin/sh\n")
    assert machine.run("test", "--all", "x").stdout.splitlines() == ["[test]", "[x]"]
    assert "soakup[test,models]" in machine.calls
    machine.forget()
    assert machine.run("test").stdout == machine.run("test", "--all").stdout == "[test]\n"
    assert machine.calls == ""


def test_all_tests_have_the_programs_that_open_lectures(machine):
    machine.has("apt-get", MANAGER)
    assert machine.run("test").stdout == "[test]\n"
    assert "libreoffice" not in machine.calls
    assert machine.run("test", "--all").stdout == "[test]\n"
    assert "libreoffice-impress poppler-utils texlive" in machine.calls
    assert "jupyter-book==" in machine.calls
    machine.forget()
    for name in ("soffice", "pdftoppm", "pdflatex", "chromium", *BOOKS):
        machine.has(name, "#!/bin/sh\n")
    machine.run("test", "--all")
    assert machine.calls == ""


def test_what_is_set_up_for_the_tests_serves_all_the_rest(machine):
    machine.run("test")
    machine.forget()
    assert machine.run("render").stdout == "[render]\n"
    assert machine.calls == ""


def test_what_fails_is_shown_and_can_be_tried_again(machine):
    machine.flag("BROKEN")
    done = machine.run("x")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "ERROR: no route to the packages" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("soakup: set-up stopped")
    machine.flag("BROKEN", on=False)
    assert machine.run("x").stdout == "[x]\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_it_goes_on_where_it_was(machine, how):
    machine.flag("SLOW")
    process = machine.start(str(machine.home / "soakup"), "x")
    wait_until(lambda: " -e " in machine.calls)
    os.killpg(process.pid, how)
    assert process.wait(timeout=10) == (130 if how != signal.SIGKILL else -9)
    assert ("was interrupted" in process.stderr.read()) == (how != signal.SIGKILL)
    machine.flag("SLOW", on=False)
    machine.forget()
    assert machine.run("x").stdout == "[x]\n"
    assert "-m venv" not in machine.calls
    assert not list(machine.home.glob(".soakup-lock*"))


def test_two_at_once_set_up_once(machine):
    machine.flag("SLOW")
    processes = [machine.start(str(machine.home / "soakup"), "x") for _ in range(3)]
    results = [process.communicate(timeout=60) for process in processes]
    assert [out for out, _ in results] == ["[x]\n"] * 3
    assert machine.calls.count(" -e ") == 1
    assert sum("waiting for it to finish" in err for _, err in results) == 2
    assert not list(machine.home.glob(".soakup-lock*"))


def test_a_python_that_does_not_run_is_passed_over(machine):
    machine.has("python3", "#!/bin/sh\necho 'no version of Python is set' >&2\nexit 127\n")
    machine.has("python3.12", PYTHON)
    assert machine.run("x").stdout == "[x]\n"
    assert "python3.12 -m venv" in machine.calls


def test_system_packages_that_are_there_are_not_asked_for(machine):
    machine.has("apt-get", MANAGER)
    assert machine.run("x").stdout == "[x]\n"
    assert "apt-get" not in machine.calls


@pytest.mark.parametrize(
    "manager, packages",
    [
        ("apt-get", "g++ pkg-config libcairo2-dev libpango1.0-dev python3.12-dev python3.12-venv"),
        ("dnf", "gcc-c++ pkgconf-pkg-config cairo-devel pango-devel python3.12-devel"),
        ("brew", "pkgconf cairo pango python@3.12"),
    ],
)
def test_missing_system_packages_are_installed(machine, manager, packages):
    machine.flag("LIBRARIES", on=False)
    machine.has(manager, MANAGER)
    assert machine.run("x").stdout == "[x]\n"
    assert packages in machine.calls


def test_without_a_python_the_newest_offered_is_installed(machine):
    (machine.bin / "python3").rename(machine.bin / "later")
    machine.has("apt-cache", "#!/bin/sh\necho 'python3.11-venv - a'\necho 'python3.12-venv - b'\n")
    machine.has("apt-get", MANAGER + 'cp "$TOOLBOX/later" "$TOOLBOX/python3.12"\n')
    assert machine.run("x").stdout == "[x]\n"
    assert "python3.12-dev python3.12-venv" in machine.calls


def test_a_user_who_is_not_root_is_helped_by_sudo(machine):
    machine.flag("LIBRARIES", on=False)
    machine.has("id", "#!/bin/sh\necho 1000\n")
    machine.has("apt-get", MANAGER)
    done = machine.run("x")
    assert done.returncode == 1
    assert "ask an administrator to run" in done.stderr.splitlines()[-1] and "libpango1.0-dev" in done.stderr
    machine.has("sudo", '#!/bin/sh\necho "sudo $*" >>"$CALLS"\n"$@"\n')
    assert machine.run("x").stdout == "[x]\n"
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install" in machine.calls


def test_where_no_package_manager_is_known_one_sentence_says_what_to_install(machine):
    machine.flag("LIBRARIES", on=False)
    done = machine.run("x")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("soakup: please install Python 3.11, 3.12 or 3.13 with its venv")


def test_a_folder_that_cannot_be_written_to_is_named(machine):
    (machine.bin / "ln").unlink()  # root may write anywhere, so that taking rights away would show nothing
    machine.has("ln", "#!/bin/sh\nexit 1\n")
    done = machine.run("x")
    assert done.returncode == 1
    assert str(machine.home) in done.stderr and len(done.stderr.splitlines()) == 1


def test_pytorch_comes_without_cuda_unless_there_is_a_card(machine):
    machine.run("x")
    assert "+cpu" in machine.calls and "install" in machine.calls
    machine.has("nvidia-smi", "#!/bin/sh\necho GPU 0\n")
    shutil.rmtree(machine.home / ".venv")
    machine.forget()
    assert machine.run("x").stdout == "[x]\n"
    assert "+cpu" not in machine.calls


@pytest.mark.parametrize("reached", [True, False])
def test_where_pip_has_no_cpu_build_uv_looks_for_it(machine, reached):
    machine.flag("OFFERS_CPU", on=False)
    machine.has("uv", f'#!/bin/sh\necho "uv $*" >>"$CALLS"\nexit {0 if reached else 1}\n')
    done = machine.run("x")
    assert "uv pip install" in machine.calls and "--torch-backend cpu" in machine.calls
    assert ("its default build is taken" in done.stderr) != reached
    assert done.stdout == "[x]\n"


def wait_until(holds, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
