"""What the checks against moto share: made journals, a server, and the program's answer."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

SEALION, MAKE_JOURNAL = (Path(path).resolve() for path in sys.argv[1:3])
KEYS = {"aws_access_key_id": "AKIDSEALIONTEST", "aws_secret_access_key": "secret"}
REGION = "eu-west-1"


class Served:
    """A moto server, a folder for files, and clients."""

    def __enter__(self):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.temporary.cleanup()

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **KEYS)

    def journal(self, *options):
        """Makes a journal; its folder and its digest."""
        out = self.folder / "-".join(options).replace("--", "")
        command = [MAKE_JOURNAL, "--seed", "7", "--out", out, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return out, out / "digest.json"

    def sealion(self, *arguments):
        """Exit status, standard output and standard error of the program."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {name.upper(): value for name, value in KEYS.items()}
        environment |= {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url}
        done = subprocess.run([SEALION, *arguments], env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def report(self, source, digest):
        """Exit status, and the report as data."""
        status, out, error = self.sealion("verify", source, "--digest", digest, "--output", "json")
        assert out, (source, status, error)
        return status, json.loads(out)


def same(what, found, expected):
    """Says what holds, or stops."""
    assert found == expected, f"{what}: expected {expected}, found {found}"
    print(f"  {what}: {json.dumps(expected)[:60]}")
