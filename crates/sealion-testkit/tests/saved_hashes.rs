//! Hashes as people's programs printed them: in every form a file says what it says in the plain one, and with one bit
//! changed it is not believed.

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use base64::Engine;
use proptest::prelude::*;
use proptest::sample::Index;
use sealion::source::Memory;
use sealion::{Report, Verdict, Verifier};
use sealion_testkit::agree::{codes, engines, property, trusted};
use sealion_testkit::write::{evidence, json};
use sealion_testkit::{Ledger, Mix};

type Form = fn(&[u8]) -> String;

fn numbers<T: ToString>(numbers: impl Iterator<Item = T>) -> String {
    let all: Vec<String> = numbers.map(|number| number.to_string()).collect();
    all.join(",")
}

/// Forms of a hash in JSON; each with whether it can stand in a list of hashes alone.
const FORMS: [(Form, bool); 12] = [
    (|hash| format!("{:?}", STANDARD_NO_PAD.encode(hash)), false),
    (|hash| format!("{:?}", URL_SAFE.encode(hash)), false),
    (|hash| format!("{:?}", URL_SAFE_NO_PAD.encode(hash)), false),
    (
        |hash| {
            let text = STANDARD.encode(hash);
            format!("\"{}\\n{}\\n\"", &text[..30], &text[30..])
        },
        false,
    ),
    (|hash| format!("\"{}\"", hex(hash)), false),
    (|hash| format!("\"{}\"", hex(hash).to_uppercase()), false),
    (|hash| format!("[{}]", numbers(hash.iter())), false),
    (
        |hash| format!("[{}]", numbers(hash.iter().map(|byte| byte.cast_signed()))),
        false,
    ),
    (
        |hash| {
            format!(
                "{{\"type\":\"Buffer\",\"data\":[{}]}}",
                numbers(hash.iter())
            )
        },
        false,
    ),
    (
        |hash| {
            let fields = hash.iter().enumerate();
            format!(
                "{{{}}}",
                numbers(fields.map(|(at, byte)| format!("\"{at}\":{byte}")))
            )
        },
        false,
    ),
    (
        |hash| {
            let bytes: String = hash.iter().map(|byte| format!("\\\\x{byte:02x}")).collect();
            format!("\"b'{bytes}'\"")
        },
        false,
    ),
    (
        |hash| format!("{{\"hash\":{:?}}}", STANDARD.encode(hash)),
        true,
    ),
];

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of each base64 string in JSON, with its place.
fn hashes(text: &str) -> Vec<(usize, Vec<u8>)> {
    const LENGTH: usize = 44;
    let quotes = text.match_indices('"');
    let read = |(at, _): (usize, &str)| {
        let inner = text.get(at + 1..at + 1 + LENGTH)?;
        let ends = text[at + 1 + LENGTH..].starts_with('"');
        let bytes = STANDARD
            .decode(inner)
            .ok()
            .filter(|bytes| ends && bytes.len() == 32)?;
        Some((at, bytes))
    };
    quotes.filter_map(read).collect()
}

/// Whether the value at `at` is an item of a list.
fn in_list(text: &str, at: usize) -> bool {
    text[..at].trim_end().ends_with(['[', ','])
}

/// The text with its hashes in another form, and with a bit of one of them changed.
fn respelled(text: &str, (form, in_lists): (Form, bool), flip: Option<(Index, u8)>) -> String {
    let mut found = hashes(text);
    if let Some((which, bit)) = flip {
        let which = which.index(found.len());
        found[which].1[usize::from(bit) / 8] ^= 1 << (bit % 8);
    }
    let mut out = String::new();
    let mut from = 0;
    for (at, hash) in found {
        out.push_str(&text[from..at]);
        match !in_lists || in_list(text, at) {
            true => out.push_str(&form(&hash)),
            false => out.push_str(&format!("{:?}", STANDARD.encode(&hash))),
        }
        from = at + 46;
    }
    out + &text[from..]
}

fn lines(ledger: &Ledger) -> String {
    let mut out = String::new();
    for block in &ledger.blocks {
        json::down_convert(&block.to_element(), &mut out);
        out.push('\n');
    }
    out
}

fn rows(ledger: &Ledger) -> String {
    let mut rows = Vec::new();
    for (index, at) in ledger.documents() {
        let mut row = String::new();
        json::down_convert(&ledger.blocks[index].revisions()[at].to_element(), &mut row);
        rows.push(row);
    }
    format!("[{}]", rows.join(","))
}

/// What the files that people kept of a ledger are called, and what is in them.
fn files(ledger: &Ledger) -> [(&'static str, String); 4] {
    let tip = ledger.tip();
    let (index, at) = ledger.documents().last().expect("a document");
    let block = &ledger.blocks[index];
    let receipt = evidence::receipt(
        "Vehicle",
        &block.address,
        &block.revisions()[at],
        &ledger.revision_proof(index, at, tip),
        &ledger.digest(),
    );
    let proof = ledger.block_proof(tip, tip);
    let proofs =
        evidence::migration_proofs("export", &ledger.blocks[tip], &proof, &ledger.digest());
    [
        ("journal", lines(ledger)),
        ("rows", rows(ledger)),
        ("receipt", receipt),
        ("proofs", lines(ledger) + &proofs),
    ]
}

fn report(name: &str, text: &str, ledger: &Ledger) -> Report {
    let memory = match name {
        "proofs" => {
            let (journal, proofs) = text.trim_end().rsplit_once('\n').expect("lines");
            Memory::new()
                .with("journal", journal.as_bytes())
                .with("proofs", proofs.as_bytes())
        }
        _ => Memory::new().with(name, text.as_bytes()),
    };
    let verifier = match name {
        "rows" => Verifier::new(),
        _ => Verifier::new().against(trusted(&ledger.digest())),
    };
    engines(&memory, &verifier)
}

#[test]
fn every_form_gives_the_same_verdict() {
    for seed in [1, 2] {
        let ledger = Ledger::new(seed, 9, Mix::Vehicle);
        for (name, text) in files(&ledger) {
            let plain = report(name, &text, &ledger);
            // JSON has lost the times in the data.
            assert_ne!(plain.verdict(), Verdict::Failed, "{plain}");
            for (number, form) in FORMS.into_iter().enumerate() {
                let spelled = respelled(&text, form, None);
                let found = report(name, &spelled, &ledger);
                let what = format!("{name} in form {number}: {found}");
                assert_eq!(found.verdict(), plain.verdict(), "{what}");
                assert_eq!(codes(&found), codes(&plain), "{what}");
                assert_eq!(found.strands.len(), plain.strands.len(), "{what}");
            }
        }
    }
}

#[test]
fn one_changed_bit_is_not_believed() {
    let ledger = Ledger::new(3, 7, Mix::Vehicle);
    let files = files(&ledger);
    let strategy = (0..files.len(), 0..FORMS.len(), any::<Index>(), any::<u8>());
    proptest!(property(60), |((file, form, which, bit) in strategy)| {
        let (name, text) = &files[file];
        let changed = respelled(text, FORMS[form], Some((which, bit)));
        let found = report(name, &changed, &ledger);
        // The digest beside a receipt or a proof is a claim; what is trusted was not changed.
        let claim = matches!(*name, "receipt" | "proofs") && !found.digests.iter().all(|one| one.trusted || one.digest.0 == ledger.digest().digest);
        // Of a row alone, nothing but its data speaks for its hash.
        let wrong = found.verdict() == Verdict::Failed || *name == "rows";
        prop_assert!(claim || wrong, "{name} in form {form}: {found}");
    });
}

/// A string as Python prints it.
fn python(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    format!("'{}'", text.replace('\'', "\\'"))
}

/// What `print(response)` gives for an answer of boto3; its digest, if it has one, is bytes.
fn python_answer(json: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(json).unwrap();
    let member = |(name, value): (&String, &serde_json::Value)| {
        let value = match value.as_str() {
            Some(base64) => {
                let bytes = STANDARD.decode(base64).unwrap();
                let bytes: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                format!("b'{bytes}'")
            }
            None => format!(
                "{{'IonText': {}}}",
                python(value["IonText"].as_str().unwrap())
            ),
        };
        format!("{}: {value}", python(name))
    };
    let members: Vec<String> = answer.as_object().unwrap().iter().map(member).collect();
    let metadata =
        "'ResponseMetadata': {'RequestId': 'x', 'HTTPStatusCode': 200, 'RetryAttempts': 0}";
    format!("{{{metadata}, {}}}\n", members.join(", "))
}

#[test]
fn whole_answers_as_python_prints_them() {
    let ledger = Ledger::new(4, 9, Mix::Vehicle);
    let (index, at) = ledger.documents().last().unwrap();
    let block = &ledger.blocks[index];
    let proof = ledger.revision_proof(index, at, ledger.tip());
    let revision = evidence::get_revision(&block.revisions()[at], Some(&proof));
    let proof = ledger.block_proof(index, ledger.tip());
    let answer = evidence::get_block(block, Some(&proof));
    for json in [revision, answer] {
        let text = python_answer(&json);
        let found = report("answer", &text, &ledger);
        assert_eq!(found.verdict(), Verdict::Verified, "{text}\n{found}");
        assert_eq!(codes(&found), codes(&report("answer", &json, &ledger)));
        let hash = text.find("{{").expect("a hash in the proof or the block");
        let mut changed = text.into_bytes();
        changed[hash + 2] ^= 1;
        let found = report("answer", &String::from_utf8(changed).unwrap(), &ledger);
        assert_ne!(found.verdict(), Verdict::Verified, "{found}");
    }
    let digest = python_answer(&evidence::get_digest(&ledger.digest()));
    let beside = |digest: &str| {
        let memory = Memory::new()
            .with("journal", lines(&ledger).into_bytes())
            .with("digest", digest.as_bytes());
        engines(&memory, &Verifier::new())
    };
    let found = beside(&digest);
    assert_ne!(found.verdict(), Verdict::Failed, "{found}");
    assert_eq!(found.digests[0].digest.0, ledger.digest().digest);
    let last = digest.find("', 'DigestTipAddress'").unwrap() - 1;
    let mut changed = digest.into_bytes();
    changed[last] ^= 1;
    let found = beside(&String::from_utf8(changed).unwrap());
    assert_eq!(found.verdict(), Verdict::Failed, "{found}");
}
