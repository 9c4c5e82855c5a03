"""How fast a bucket is read beside the same files, and how much memory many small objects take.

    cargo build --release -p sealion-cli --features sealion-cli/aws
    cargo build --release -p sealion-testkit --bin make-journal
    cargo build --release -p sealion-stubs --example serve-s3
    python3 checks/s3_speed.py target/release [--bytes 200000000] [--objects 10000 100000]

The server is s3s-fs on the loopback interface of the same machine: its work takes processor time from the
program's. Needs nothing but Python's own library.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("binaries", type=Path)
parser.add_argument("--bytes", type=int, default=200_000_000)
parser.add_argument("--objects", type=int, nargs="*", default=[10_000, 100_000])
parser.add_argument("--runs", type=int, default=3)
arguments = parser.parse_args()
binaries = arguments.binaries.resolve()


def make(folder, *options):
    command = [binaries / "make-journal", "--seed", "7", "--out", folder, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (folder / "digest.json").rename(folder.parent / f"{folder.name}.json")
    return folder.parent / f"{folder.name}.json"


def verify(source, digest, environment):
    """Wall seconds, processor seconds and peak memory in MB of one run, which must verify."""
    command = [binaries / "sealion", "verify", source, "--digest", digest, "--quiet"]
    started = time.monotonic()
    child = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - started
    assert status == 0, (source, status)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(source, digest, environment):
    return min(verify(source, digest, environment) for _ in range(arguments.runs))


def served(root):
    server = subprocess.Popen(
        [binaries / "examples" / "serve-s3", root], stdout=subprocess.PIPE, text=True
    )
    environment = dict(os.environ, AWS_REGION="us-east-1")
    for _ in range(2):
        words = server.stdout.readline().split()[1:]
        environment |= dict(word.split("=", 1) for word in words)
    return server, environment


with tempfile.TemporaryDirectory() as root:
    root = Path(root)
    server, environment = served(root)
    try:
        (root / "large").mkdir()
        digest = make(root / "large" / "ledger", "--bytes", str(arguments.bytes), "--mix", "mixed")
        files = best(root / "large" / "ledger", digest, environment)
        bucket = best("s3://large/ledger/", digest, environment)
        for name, (seconds, processor, memory) in [("files", files), ("bucket", bucket)]:
            rate = arguments.bytes / seconds / 1e6
            print(f"{name:7} {seconds:6.2f} s {rate:6.1f} MB/s {processor:6.2f} s of CPU {memory:6.1f} MB")
        print(f"bucket / files: {files[0] / bucket[0]:.2f} of the speed")
        for count in arguments.objects:
            (root / f"many{count}").mkdir()
            options = ["--blocks", str(count), "--objects-of", "1", "--mix", "tiny"]
            digest = make(root / f"many{count}" / "ledger", *options)
            seconds, processor, memory = verify(f"s3://many{count}/ledger/", digest, environment)
            print(f"{count} objects {seconds:6.1f} s {processor:6.1f} s of CPU {memory:6.1f} MB")
    finally:
        server.terminate()
