"""S3 as moto serves it: an export in a bucket is worth what it is worth in a folder."""

import pathlib
import tempfile

import boto3
import common

BUCKET = "example-ledger-archive"


def main():
    with tempfile.TemporaryDirectory() as folder, common.moto() as url:
        folder = pathlib.Path(folder)
        # Its ledger is written before it answers, and not needed any longer.
        with common.qldb(folder):
            pass
        client = boto3.client("s3", endpoint_url=url)
        client.create_bucket(Bucket=BUCKET)
        export, digest = folder / "export", folder / "digest.json"
        files = [file for file in export.rglob("*") if file.is_file()]
        for file in files:
            client.upload_file(str(file), BUCKET, f"boats/{file.relative_to(export)}")

        there = [f"s3://{BUCKET}/boats/", "--endpoint-url", url, "--digest", digest]
        local = common.report(export, "--digest", digest)
        remote = common.report(*there)
        common.equal(local["verdict"], "verified", "the export in a folder")
        for part in "verdict", "strands", "finding_totals":
            common.equal(remote[part], local[part], f"{part} of the export in a bucket")
        common.equal(len(remote["inputs"]), len(files), "objects read")

        largest = max(files, key=lambda file: file.stat().st_size)
        key = f"boats/{largest.relative_to(export)}"
        whole = largest.read_bytes()
        place = whole.index(b"blockHash:{{") + len(b"blockHash:{{")
        changed = whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :]
        client.put_object(Bucket=BUCKET, Key=key, Body=changed)
        common.equal(common.report(*there, status=1)["verdict"], "failed", "one changed bit")
        client.put_object(Bucket=BUCKET, Key=key, Body=whole[: len(whole) // 2])
        common.sealion("verify", *there, status=2)
        client.delete_object(Bucket=BUCKET, Key=key)
        common.equal(common.report(*there, status=2)["verdict"], "inconclusive", "a missing object")
        common.sealion("verify", "s3://no-such-bucket/", "--endpoint-url", url, status=2)


main()
