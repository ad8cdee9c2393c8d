"""The steps behind `make lab` and `make test`, in plain Python so that they work on Windows too.

Only the standard library is used, and only syntax that any Python 3 can read, because this file is
what tells a newcomer that their Python is too old.
"""

import argparse
import contextlib
import filecmp
import glob
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BUILD = os.path.join(ROOT, "build")
PIP_LOG = os.path.join(BUILD, "pip.log")
STAMP = os.path.join(VENV, "aigc-lab.json")
CONSTRAINTS = os.path.join(ROOT, "constraints.txt")
START_HERE = "notebooks/00_start_here.ipynb"
OLDEST = (3, 10)
NVIDIA_DRIVER = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/nvidia-smi")  # Linux, WSL
AUTHORS = ("dev", "teacher")  # the extras of pyproject.toml that tests and notebook builds need


class Stop(Exception):
    """A problem that the user can mend; its text says how."""


# --- the environment -----------------------------------------------------------------------------


def require_python(version=sys.version_info):
    """Refuse a Python that the course cannot run on."""
    if tuple(version[:2]) < OLDEST:
        raise Stop(
            "AIGC Lab needs Python {}.{} or newer, and this is Python {}.{} ({}). Install a newer "
            "one, and name it: make lab PYTHON=python3.12".format(
                *OLDEST, version[0], version[1], sys.executable
            )
        )


def venv_command():
    """The command that makes a virtual environment here: venv, or virtualenv where venv lacks."""
    if all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return [sys.executable, "-m", "venv"]
    if importlib.util.find_spec("virtualenv"):
        return [sys.executable, "-m", "virtualenv", "--quiet"]
    raise Stop(
        "This Python cannot make virtual environments: its venv module is missing or incomplete. "
        "On Debian or Ubuntu: sudo apt-get install python3-venv. "
        "Elsewhere: {} -m pip install virtualenv".format(sys.executable)
    )


def venv_python():
    """The environment's own interpreter."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def fingerprint():
    """A hash of all that decides what the environment should hold."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    for part in (ROOT, sys.version, torch_backend()):
        digest.update(part.encode())
    return digest.hexdigest()


def installed():
    """The extras that the environment holds, or None when it is absent or out of date."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return None
    fits = isinstance(stamp, dict) and stamp.get("fingerprint") == fingerprint()
    return set(stamp["extras"]) if fits and os.path.exists(venv_python()) else None


def setup(extras=()):
    """Create or refresh the environment; does nothing when it is already as it should be."""
    require_python()
    have = installed()
    if have is not None and have.issuperset(extras):
        return
    with only_one_setup():
        install(sorted(set(extras) | (have or set())))


def install(wanted):
    """Make the environment if need be, fill it, and stamp it when all of that went well."""
    if not works(venv_python()):
        make_venv()
    say("Installing into .venv. The first time takes a few minutes and about 1.5 GB of disk.")
    if os.path.exists(STAMP):
        os.remove(STAMP)
    pip("--upgrade", "pip")
    install_torch()
    pip("--editable", ".[{}]".format(",".join(wanted)) if wanted else ".")
    quiet_jupyterlab()
    with open(STAMP, "w", encoding="utf-8") as file:
        json.dump({"fingerprint": fingerprint(), "extras": wanted}, file)


@contextlib.contextmanager
def only_one_setup():
    """Hold a lock, since two at work on one environment would break it for both."""
    os.makedirs(BUILD, exist_ok=True)
    with open(os.path.join(BUILD, "setup.lock"), "w", encoding="utf-8") as lock:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop("Another set-up is at work in this folder; wait until it is done.") from None
        yield


def quiet_jupyterlab():
    """Keep JupyterLab here from asking about news and looking for updates: both want a network."""
    folder = os.path.join(VENV, "share", "jupyter", "lab", "settings")
    os.makedirs(folder, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    with open(os.path.join(folder, "overrides.json"), "w", encoding="utf-8") as file:
        json.dump({"@jupyterlab/apputils-extension:notification": quiet}, file)


def works(python):
    """Whether an interpreter is there, starts, has pip and is of the version that runs this."""
    check = "import pip, sys; raise SystemExit(sys.version_info[:2] != {})".format(
        tuple(sys.version_info[:2])
    )
    try:
        return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv():
    """A new, empty environment in place of whatever was there."""
    command = venv_command()
    if os.path.isdir(VENV):
        say("The environment in .venv does not fit this Python; making a new one.")
        shutil.rmtree(VENV)
    if subprocess.call([*command, VENV]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop("Could not create .venv; the lines above say why.")


def pip(*arguments):
    """`pip install`, held to the versions that CI proves; all it says goes to build/pip.log."""
    command = [venv_python(), "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--progress-bar", "off", "--constraint", CONSTRAINTS]
    lines = []
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
    )
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Installing collected packages:"):
            print("  Unpacking {} package(s)".format(line.count(",") + 1), flush=True)
        elif line.lstrip().startswith("Downloading") and ".metadata" not in line:
            print("  " + line.strip(), flush=True)
    with open(PIP_LOG, "a", encoding="utf-8") as file:
        file.writelines(lines)
    if process.wait() != 0:
        print("".join(lines[-20:]))
        raise Stop(
            "The installation failed; pip's last lines are above, and all of them in {}. Without a "
            "network it needs a cache or a mirror (PIP_INDEX_URL, PIP_FIND_LINKS). Mend that and "
            "run this again: it goes on where it stopped.".format(PIP_LOG)
        )


# --- PyTorch: which build ------------------------------------------------------------------------


def torch_backend():
    """The user's choice of PyTorch build, e.g. cpu or cu130; empty means: choose for me."""
    return os.environ.get("AIGC_LAB_TORCH", "").strip()


def install_torch():
    """Put PyTorch in first, so that a machine without an NVIDIA GPU gets no CUDA packages.

    pip's ordinary build is right everywhere but on Linux, where it brings about 2.7 GB of CUDA.
    uv knows PyTorch's own indexes, so it fetches the other builds.
    """
    choice = torch_backend()
    if choice:
        if not uv_torch(choice, "--reinstall-package", "torch"):
            raise Stop(
                "Could not install PyTorch for AIGC_LAB_TORCH={}; uv's lines above say why. "
                "Unset it to have the build chosen for this machine.".format(choice)
            )
    elif sys.platform.startswith("linux") and not has_nvidia_driver() and pip_brings_cuda():
        say("No NVIDIA GPU here: asking for PyTorch's CPU build.")
        if not uv_torch("cpu"):
            say(
                "PyTorch's CPU builds could not be reached, so this takes the ordinary build, "
                "with about 2.7 GB of CUDA packages that a machine without a GPU does not need."
            )


def has_nvidia_driver():
    """Whether NVIDIA's driver is on this machine, in the kernel, under WSL, or by its tool."""
    return any(map(os.path.exists, NVIDIA_DRIVER)) or shutil.which("nvidia-smi") is not None


def pip_brings_cuda():
    """Whether a plain `pip install torch` would bring CUDA packages along."""
    report = os.path.join(BUILD, "torch.json")
    pip("--quiet", "--dry-run", "--report", report, "torch")
    with open(report, encoding="utf-8") as file:
        names = [item["metadata"]["name"] for item in json.load(file)["install"]]
    return any(name.startswith("nvidia-") for name in names)


def uv_torch(backend, *options):
    """Install the pinned PyTorch in a given build; False when it cannot be had."""
    pip("uv")
    command = [venv_python(), "-m", "uv", "pip", "install", "--python", venv_python()]
    command += ["--constraint", CONSTRAINTS, "--torch-backend", backend]
    return subprocess.call([*command, *options, "torch"]) == 0


def test_environment():
    """What every test and every notebook build runs under.

    No network, no settings of the user's own, and one computing thread a process, since the test
    processes already fill the cores.
    """
    os.makedirs(BUILD, exist_ok=True)
    return {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": os.path.join(BUILD, "huggingface"),
        "MPLBACKEND": "",
        "IPYTHONDIR": os.path.join(BUILD, "ipython"),
        "JUPYTER_CONFIG_DIR": os.path.join(BUILD, "jupyter", "config"),
        "JUPYTER_DATA_DIR": os.path.join(BUILD, "jupyter", "data"),
        "JUPYTER_RUNTIME_DIR": os.path.join(BUILD, "jupyter", "runtime"),
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "TOKENIZERS_PARALLELISM": "false",
    }


# --- the tasks -----------------------------------------------------------------------------------


def lab(arguments):
    """Open the first notebook in JupyterLab."""
    setup()
    return python(*lab_command(ROOT), *arguments)


def lab_command(folder):
    """JupyterLab over the course's folder, with the first notebook open."""
    command = ["-m", "jupyterlab", "--ServerApp.root_dir=" + folder]
    command.append("--LabApp.default_url=/lab/tree/" + START_HERE)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def test(arguments):
    """Check the style, the layers, the code and every notebook."""
    setup(AUTHORS)
    steps = {
        "ruff check": ["-m", "ruff", "check"],
        "ruff format": ["-m", "ruff", "format", "--check"],
        "pytest": pytest_command(arguments),
    }
    failed = [name for name, command in steps.items() if python(*command, env=test_environment())]
    if failed:
        say("make test FAILED in: {}. What to mend is above.".format(", ".join(failed)))
    return 1 if failed else 0


def pytest_command(arguments=()):
    """One pytest run for the code and both editions of every notebook."""
    notebooks = sorted(glob.glob("notebooks/*.ipynb"))
    solved = sorted(glob.glob("notebooks/solutions/*.ipynb"))
    notebooks += [path for path in solved if not same_as_learners(path)]
    command = ["-m", "pytest", "-n", "2", "--dist", "loadfile", "-p", "tools.notebook_budget"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "300"]
    command += ["--nbval-sanitize-with", "tests/sanitize.cfg", "-ra"]
    return [*command, *arguments, "tests", "aigc_lab", *notebooks]


def same_as_learners(path):
    """Whether a solved notebook has no exercise, so that it is the learner's, byte for byte."""
    twin = os.path.join("notebooks", os.path.basename(path))
    return os.path.exists(twin) and filecmp.cmp(path, twin, shallow=False)


def notebooks(arguments):
    """Build both editions of the notebooks from notebooks/source."""
    setup(AUTHORS)
    return python("-m", "tools.build_notebooks", *arguments)


def bench(arguments):
    """Measure the course's code beside its peers."""
    setup(AUTHORS)
    return python("-m", "benchmarks", *arguments)


def setup_all(arguments):
    """Create or refresh the environment in .venv, with what authors need."""
    if arguments:
        raise Stop("setup takes no more words, and got: {}".format(" ".join(arguments)))
    setup(AUTHORS)
    say("The environment in .venv is up to date.")
    return 0


TASKS = {"lab": lab, "test": test, "setup": setup_all, "notebooks": notebooks, "bench": bench}


def python(*arguments, env=None):
    """Run the environment's Python at the project's root and return its exit code.

    Ctrl-C is left to that program: JupyterLab asks back, pytest still prints its summary.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.call(
        [venv_python(), *arguments], cwd=ROOT, env=dict(os.environ, **(env or {}))
    )


def say(line):
    """One line from us, told apart from what pip and pytest print."""
    print("aigc-lab: " + line, flush=True)


def main(words=None):
    """`python tasks.py TASK [words for the tool behind it]`."""
    lines = ["  {:<10} {}".format(name, task.__doc__) for name, task in TASKS.items()]
    lines += ["", "AIGC_LAB_TORCH=cpu (or cu130, …) asks for that build of PyTorch."]
    parser = argparse.ArgumentParser(
        prog="tasks.py",
        description="Set up, open and test AIGC Lab. More words go to the tool behind the task.",
        epilog="\n".join(["tasks:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=sorted(TASKS), metavar="TASK", help="one of those below")
    known, more = parser.parse_known_args(words)
    os.chdir(ROOT)
    try:
        return TASKS[known.task](more)
    except Stop as problem:
        say(str(problem))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
