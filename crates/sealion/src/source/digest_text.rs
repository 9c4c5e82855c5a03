//! Answers of QLDB that were saved as text, neither as JSON nor as Ion.
//!
//! - `aws qldb ... --output yaml`: a mapping of the same members as in JSON.
//! - `aws qldb ... --output text`: strings first, tab-separated on one line,
//!   then a line for each structure: its name in capitals, a tab, its members.
//!   So `get-digest` gives the digest, then `DIGESTTIPADDRESS<TAB>{...}`, and
//!   `get-block` gives `BLOCK<TAB>{...}` and `PROOF<TAB>[...]`.
//!
//! (AWS CLI User Guide, "Setting the AWS CLI output format".)

use super::yaml::{self, Scalar};

/// The members of the answers to GetDigest, GetBlock and GetRevision.
const MEMBERS: [&str; 5] = ["Digest", "DigestTipAddress", "Block", "Revision", "Proof"];

/// What a text has of an answer.
#[derive(Default)]
pub(crate) struct Answer {
    /// Its members, under their names in the API, with the Ion text inside `IonText` as theirs; repeated ones are
    /// all there.
    pub(crate) members: Vec<(&'static str, Scalar)>,
    /// Members that no answer has, and where each stands.
    pub(crate) unknown: Vec<(String, u64)>,
}

/// The answer that `text` is. `None`: it is none.
pub(crate) fn digest_text(text: &str) -> Option<Answer> {
    let answer = plain_text(text).or_else(|| from_yaml(text))?;
    // A proof or a tip alone is the answer to nothing.
    let answers = ["Digest", "Block", "Revision"];
    let known = answer
        .members
        .iter()
        .any(|(name, _)| answers.contains(name));
    known.then_some(answer)
}

fn plain_text(text: &str) -> Option<Answer> {
    let mut members = Vec::new();
    let mut offset = 0;
    for whole_line in text.split_inclusive('\n') {
        let line = whole_line.trim_end_matches(['\n', '\r']);
        let (name, value) = match line.split_once('\t') {
            Some((capitals, value)) => (member(|name| name.to_uppercase() == capitals)?, value),
            None if line.contains([' ', ':']) => return None,
            None => ("Digest", line),
        };
        if !value.is_empty() {
            let offset = offset + (line.len() - value.len()) as u64;
            let text = value.to_owned();
            members.push((name, Scalar { text, offset }));
        }
        offset += whole_line.len() as u64;
    }
    // One word could be anything.
    let named = members.iter().any(|(name, _)| *name != "Digest");
    named.then(|| Answer {
        members,
        unknown: Vec::new(),
    })
}

fn from_yaml(text: &str) -> Option<Answer> {
    let mut answer = Answer::default();
    for (path, scalar) in yaml::entries(text)? {
        let name = path.strip_suffix(".IonText").unwrap_or(&path);
        let null = matches!(scalar.text.as_str(), "null" | "~");
        match member(|own| own == name) {
            Some(name) if !null => answer.members.push((name, scalar)),
            Some(_) => {}
            None => answer.unknown.push((path, scalar.offset)),
        }
    }
    Some(answer)
}

fn member(is: impl Fn(&str) -> bool) -> Option<&'static str> {
    MEMBERS.into_iter().find(|name| is(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(&'static str, String)>> {
        let members = digest_text(text)?.members;
        for (name, scalar) in &members {
            // The offset is that of the value, before or behind its quote.
            let head = &scalar.text[..1];
            let place = &text[scalar.offset as usize..];
            assert!(
                place.trim_start_matches(['\'', '"']).starts_with(head),
                "{name}"
            );
        }
        Some(
            members
                .into_iter()
                .map(|(name, s)| (name, s.text))
                .collect(),
        )
    }

    #[test]
    fn reads_the_text_output() {
        let digest = "AAECAw==\nDIGESTTIPADDRESS\t{strandId:\"s\",sequenceNo:5}\n";
        let expected = [
            ("Digest", "AAECAw==".to_owned()),
            (
                "DigestTipAddress",
                "{strandId:\"s\",sequenceNo:5}".to_owned(),
            ),
        ];
        assert_eq!(read(digest).unwrap(), expected);
        assert_eq!(read(&digest.replace('\n', "\r\n")).unwrap(), expected);
        let block = "BLOCK\t{a: \"\t\"}\nPROOF\t[{{AA==}}]";
        let expected = [
            ("Block", "{a: \"\t\"}".to_owned()),
            ("Proof", "[{{AA==}}]".to_owned()),
        ];
        assert_eq!(read(block).unwrap(), expected);
    }

    #[test]
    fn reads_the_yaml_output() {
        let digest = "Digest: AAECAw==\nDigestTipAddress:\n  IonText: '{sequenceNo:5}'\n";
        let expected = [
            ("Digest", "AAECAw==".to_owned()),
            ("DigestTipAddress", "{sequenceNo:5}".to_owned()),
        ];
        assert_eq!(read(digest).unwrap(), expected);
        let revision = "Revision:\n  IonText: \"{a:1,\n    b:2}\"\nOther: x\nProof: null\n";
        assert_eq!(
            read(revision).unwrap(),
            [("Revision", "{a:1, b:2}".to_owned())]
        );
        let unknown = digest_text(revision).unwrap().unknown;
        let place = revision.find(" x").unwrap() as u64 + 1;
        assert_eq!(unknown, [("Other".to_owned(), place)]);
    }

    #[test]
    fn other_texts_are_none_of_them() {
        for text in [
            "",
            "\n",
            "some words\n",
            "word\n",
            "AAECAw==\n",
            "name\tvalue\n",
            "{a:1}",
            "{\"Digest\": \"AAEC\"}",
            "PROOF\t[]\n",
            "Name: x\nDate: y\n",
            "DigestTipAddress:\n  IonText: '{}'\n",
            "Digest:\n",
            "Digest: |\n  AAEC\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
