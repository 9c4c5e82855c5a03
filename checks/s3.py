"""An export in moto's S3 verifies as the same files do, and keys that cannot be read are named."""

import json

from served import Served, same


def main():
    with Served() as served:
        s3 = served.client("s3")
        s3.create_bucket(
            Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        folder, digest = served.journal("--blocks", "400", "--objects-of", "10")
        files = [path for path in folder.rglob("*") if path.is_file() and path != digest]
        for path in files:
            s3.upload_file(str(path), "archive", f"ledger/{path.relative_to(folder)}")
        print(f"s3: {len(files)} objects")
        status, local = served.report(folder, digest)
        status, remote = served.report("s3://archive/ledger/", digest)
        same("bucket, verdict", (status, remote["verdict"]), (0, "verified"))
        assert remote["strands"] == local["strands"], "not the same strands"

        odd = ["ledger//x.ion", "ledger/2025//y.ion", "ledger/z/../z.ion"]
        for key in odd:
            s3.put_object(Bucket="archive", Key=key, Body=b"{}")
        status, report = served.report("s3://archive/ledger", digest)
        same("odd keys, verdict", (status, report["verdict"]), (2, "inconclusive"))
        unread = [one["path"] for one in report["inputs"] if one["kind"] == "unreadable"]
        same("odd keys, unread", sorted(unread), sorted(f"s3://archive/{key}" for key in odd))
        assert report["strands"][0]["coverage"] == local["strands"][0]["coverage"], report["strands"]


main()
