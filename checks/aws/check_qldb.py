"""QLDB's API: what boto3 and the AWS CLI make of the stub, and sealion of what the AWS CLI prints."""

import json
import pathlib
import tempfile

import boto3
import common
from botocore.exceptions import ClientError


def shapes(client, name, last, number, document):
    """Every answer has the members of the model and no others, and every error its type and what it names."""
    tip = client.get_digest(Name=name)
    common.equal(members(tip), ["Digest", "DigestTipAddress"], "get_digest")
    common.equal(len(tip["Digest"]), 32, "bytes of a digest")
    tip = tip["DigestTipAddress"]
    address = {"IonText": tip["IonText"].replace(f"sequenceNo:{last}", f"sequenceNo:{number}")}
    block = {"Name": name, "BlockAddress": address}
    revision = {**block, "DocumentId": document}
    common.equal(members(client.get_block(**block)), ["Block"], "get_block without a tip")
    block["DigestTipAddress"] = revision["DigestTipAddress"] = tip
    common.equal(members(client.get_block(**block)), ["Block", "Proof"], "get_block")
    common.equal(members(client.get_revision(**revision)), ["Proof", "Revision"], "get_revision")
    common.equal(client.describe_ledger(Name=name)["State"], "ACTIVE", "describe_ledger")
    common.equal([one["Name"] for one in client.list_ledgers()["Ledgers"]], [name], "list_ledgers")
    common.equal(len(exports(client, name)), 5, "exports over all pages")

    no_block = {"IonText": tip["IonText"].replace(f"sequenceNo:{last}", "sequenceNo:1000000")}
    early = {"IonText": tip["IonText"].replace(f"sequenceNo:{last}", "sequenceNo:0")}
    for call, arguments, kind, about in [
        (client.get_digest, {"Name": "other"}, "ResourceNotFoundException", ("ResourceName", "other")),
        (client.get_block, {**block, "BlockAddress": no_block}, "InvalidParameterException", ("ParameterName", "BlockAddress")),
        (client.get_block, {**block, "DigestTipAddress": early}, "InvalidParameterException", ("ParameterName", "DigestTipAddress")),
        (client.get_revision, {**revision, "DocumentId": "0" * 22}, "InvalidParameterException", ("ParameterName", "DocumentId")),
        (client.describe_journal_s3_export, {"Name": name, "ExportId": "0" * 22}, "ResourceNotFoundException", ("ResourceType", "export")),
        (client.create_ledger, {"Name": "new", "PermissionsMode": "STANDARD"}, "ResourcePreconditionNotMetException", ("ResourceName", name)),
        (client.delete_ledger, {"Name": name}, "ResourcePreconditionNotMetException", ("ResourceName", name)),
    ]:
        try:
            call(**arguments)
        except ClientError as error:
            common.equal(error.response["Error"]["Code"], kind, str(arguments))
            common.equal(error.response[about[0]], about[1], str(arguments))
        else:
            raise SystemExit(f"{arguments}: no {kind}")


def members(answer):
    return sorted(name for name in answer if name != "ResponseMetadata")


def exports(client, name):
    found, token = [], {}
    while True:
        page = client.list_journal_s3_exports_for_ledger(Name=name, **token)
        found += page["JournalS3Exports"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def printed(folder, url, name, last, number, document):
    """What the AWS CLI, `sealion fetch` and `sealion prove` print is the same, and it verifies."""
    endpoint = ["--endpoint-url", url]
    digest, export = folder / "digest.json", folder / "export"

    def aws(verb, *arguments):
        return common.run(common.TOOLS / "aws", "qldb", verb, "--name", name, *endpoint, *arguments)

    def fetch(what, *arguments, status=0):
        return common.sealion("fetch", what, "--ledger", name, *endpoint, *arguments, status=status)

    common.equal(aws("get-digest"), digest.read_bytes(), "aws get-digest beside the digest itself")
    common.equal(fetch("digest", "--digest", digest), digest.read_bytes(), "fetch digest")
    common.equal(common.sealion("digest", export), digest.read_bytes(), "sealion digest")

    tip = json.loads(digest.read_bytes())["DigestTipAddress"]["IonText"]
    address = tip.replace(f"sequenceNo:{last}", f"sequenceNo:{number}")
    flags = ["--block-address", json.dumps({"IonText": address}), "--digest-tip-address", json.dumps({"IonText": tip})]
    trusted = ["--digest", digest]
    block = aws("get-block", *flags)
    common.equal(fetch("block", *flags, *trusted), block, "fetch block with the CLI's own flags")
    common.equal(fetch("block", "--at", number, *trusted), block, "fetch block")
    common.equal(common.sealion("prove", "block", "--at", number, *trusted, export), block, "prove block")
    flags += ["--document-id", document]
    revision = aws("get-revision", *flags)
    common.equal(fetch("revision", *flags, *trusted), revision, "fetch revision with the CLI's own flags")
    proven = ["prove", "revision", "--at", number, "--document", document, *trusted, export]
    common.equal(common.sealion(*proven), revision, "prove revision")

    for what, text in ("block", block), ("revision", revision):
        file = folder / f"{what}.json"
        file.write_bytes(text)
        found = common.report(file, *trusted)
        common.equal(found["verdict"], "verified", f"what aws get-{what} printed")
        # One letter of the proof's first hash.
        proof = json.loads(text)["Proof"]["IonText"]
        letter = "B" if proof[5] == "A" else "A"
        file.write_bytes(text.replace(proof.encode(), (proof[:5] + letter + proof[6:]).encode()))
        common.equal(common.report(file, *trusted, status=1)["verdict"], "failed", f"a changed {what}")

    listed = json.loads(aws("list-journal-s3-exports-for-ledger", "--max-results", "100"))
    common.equal(json.loads(fetch("export")), listed, "fetch export")
    id = listed["JournalS3Exports"][0]["ExportId"]
    one = json.loads(aws("describe-journal-s3-export", "--export-id", id))
    common.equal(json.loads(fetch("export", "--export-id", id)), one, "fetch export --export-id")
    fetch("block", "--at", 1_000_000, *trusted, status=2)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with common.qldb(folder) as (url, name):
            rows = common.sealion("extract", folder / "export", "--all").splitlines()
            rows = [row for row in map(json.loads, rows) if row["kind"] == "document"]
            row = rows[len(rows) // 2]
            digest = json.loads((folder / "digest.json").read_bytes())
            last = int(digest["DigestTipAddress"]["IonText"].split("sequenceNo:")[1].rstrip("}"))
            number, document = row["block_address"]["sequence_no"], row["document_id"]
            client = boto3.client("qldb", endpoint_url=url)
            shapes(client, name, last, number, document)
            printed(folder, url, name, last, number, document)


main()
