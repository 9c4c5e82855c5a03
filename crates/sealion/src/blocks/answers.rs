//! Answers of QLDB's API that have nothing to verify in them: they are known, so
//! that they are not called unknown. (QLDB API Reference; `ResponseMetadata` is
//! boto3's.)

use super::read::Envelope;

/// A name, the members that there must be, and those that there may be. With any
/// other member it is something else.
type Answer = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ANSWERS: &[Answer] = &[
    (
        "ledger",
        &["Name", "Arn"],
        &[
            "State",
            "CreationDateTime",
            "PermissionsMode",
            "DeletionProtection",
            "EncryptionDescription",
            "KmsKeyArn",
        ],
    ),
    ("ledgers", &["Ledgers"], &["NextToken"]),
    ("export", &["ExportDescription"], &[]),
    ("export", &["ExportId"], &[]),
    ("exports", &["JournalS3Exports"], &["NextToken"]),
    ("stream", &["Stream"], &[]),
    ("stream", &["StreamId"], &[]),
    ("streams", &["Streams"], &["NextToken"]),
    ("tags", &["Tags"], &[]),
];

/// What kind of answer `envelope` is, or `None`.
pub(super) fn answer_name(envelope: &Envelope<'_>) -> Option<&'static str> {
    let is = |(_, required, optional): &&Answer| {
        let known = |name: &str| {
            required.contains(&name) || optional.contains(&name) || name == "ResponseMetadata"
        };
        required.iter().all(|name| envelope.has(name))
            && envelope.fields().iter().all(|(name, _)| known(name))
    };
    ANSWERS.iter().find(is).map(|(name, _, _)| *name)
}

#[cfg(test)]
mod tests {
    use ion_rs::{AnyEncoding, Reader};

    use super::super::read::{Node, Origin};
    use super::*;

    fn name(json: &str) -> Option<&'static str> {
        let mut reader = Reader::new(AnyEncoding, json).unwrap();
        let value = reader.expect_next().unwrap();
        let node = Node::new(value, Origin::At { at: 0, offset: 0 });
        answer_name(&Envelope::open(node).unwrap())
    }

    #[test]
    fn answers_are_known_by_all_their_members() {
        for (json, expected) in [
            (
                r#"{"Name":"x","Arn":"arn","State":"ACTIVE"}"#,
                Some("ledger"),
            ),
            (
                r#"{"Name":"x","Arn":"arn","ResponseMetadata":{}}"#,
                Some("ledger"),
            ),
            (r#"{"Ledgers":[],"NextToken":"abcd"}"#, Some("ledgers")),
            (r#"{"ExportDescription":{}}"#, Some("export")),
            (r#"{"ExportId":"x"}"#, Some("export")),
            (r#"{"JournalS3Exports":[]}"#, Some("exports")),
            (r#"{"Stream":{}}"#, Some("stream")),
            (r#"{"Streams":[]}"#, Some("streams")),
            (r#"{"StreamId":"x"}"#, Some("stream")),
            (r#"{"Tags":{}}"#, Some("tags")),
            (r#"{"Tags":{},"Name":"x"}"#, None),
            (r#"{"Name":"x","Arn":"arn","Size":1}"#, None),
            (r#"{"Name":"x"}"#, None),
            (r#"{"Ledgers":null}"#, None),
            (r#"{}"#, None),
        ] {
            assert_eq!(name(json), expected, "{json}");
        }
    }
}
