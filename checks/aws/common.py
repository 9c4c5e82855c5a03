"""What the checks share: the programs under test, servers, and an environment without the user's settings."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
TOOLS = pathlib.Path(sys.executable).parent

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(
    AWS_ACCESS_KEY_ID="AKIDSEALIONTEST",
    AWS_SECRET_ACCESS_KEY="a/secret+that+no+output+may+show",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
)


def run(*arguments, status=0):
    """Runs a program, demands its exit status, and gives what it printed on standard output."""
    words = [str(word) for word in arguments]
    done = subprocess.run(words, capture_output=True, check=False)
    if done.returncode != status:
        sys.exit(
            f"{' '.join(words)}\nexit status {done.returncode}, expected {status}\n"
            f"{done.stdout.decode()}{done.stderr.decode()}"
        )
    if os.environ["AWS_SECRET_ACCESS_KEY"].encode() in done.stdout + done.stderr:
        sys.exit(f"{' '.join(words)}\nprints a secret")
    return done.stdout


def sealion(*arguments, status=0):
    return run(BUILT / "sealion", *arguments, status=status)


def report(*arguments, status=0):
    """`sealion verify` as data."""
    return json.loads(sealion("verify", *arguments, "--output", "json", status=status))


def equal(found, expected, what):
    if found != expected:
        sys.exit(f"{what}:\nfound    {found!r}\nexpected {expected!r}")


@contextlib.contextmanager
def qldb(folder):
    """The stub of QLDB's API over a ledger that it writes to `folder`; gives its URL and the ledger's name."""
    words = [str(BUILT / "examples" / "qldb"), str(folder)]
    stub = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port, name = stub.stdout.readline().strip(), stub.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}", name
    finally:
        stub.stdin.close()
        stub.wait()


@contextlib.contextmanager
def moto():
    """moto's server, which speaks S3, Kinesis and more; gives its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(TOOLS / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if server.poll() is not None:
                sys.exit("moto_server ended before it answered")
            time.sleep(0.1)
        else:
            sys.exit("moto_server does not answer after 30 seconds")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
