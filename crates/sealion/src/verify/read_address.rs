//! Block addresses as users type and keep them.

use std::str::FromStr;

use ion_rs::IonType;

use super::pool::with_pool;
use crate::blocks::claim::RecordedAddress;
use crate::blocks::evidence::{self, IonText};
use crate::blocks::read::{Envelope, Node, Unfit};
use crate::blocks::BlockAddress;
use crate::engine::read_values;
use crate::source::Piece;
use crate::Limits;

/// Why a text holds no block addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a block address, {{strandId:\"...\",sequenceNo:5}} as Ion text; {0}")]
pub struct ParseAddressError(String);

/// Reads Ion text, in any order and spelling: `{strandId:"...",sequenceNo:5}`, that in
/// a string, or the API's `{"IonText":"..."}`.
impl FromStr for BlockAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<BlockAddress, ParseAddressError> {
        match BlockAddress::all_in(text, None)?.as_slice() {
            [address] => Ok(address.clone()),
            several => Err(ParseAddressError(format!("found {}", several.len()))),
        }
    }
}

impl BlockAddress {
    /// All block addresses in a text of Ion or JSON values: addresses as
    /// [`FromStr`](#impl-FromStr-for-BlockAddress) takes them, and what has one as its
    /// `blockAddress` (rows of PartiQL's `history()` and of committed views, revisions);
    /// alone, line by line, or in lists. Of those that say whose revision they are, only
    /// the ones of `document_id`, if that is given. Each once, in the order of the text.
    ///
    /// # Errors
    /// [`ParseAddressError`] for the first value that is neither.
    pub fn all_in(
        text: &str,
        document_id: Option<&str>,
    ) -> Result<Vec<BlockAddress>, ParseAddressError> {
        // On a thread whose stack the Ion reader cannot exhaust.
        with_pool(1, |_| all_in(text, document_id))
            .map_err(|error| ParseAddressError(error.to_string()))?
    }
}

fn all_in(text: &str, document_id: Option<&str>) -> Result<Vec<BlockAddress>, ParseAddressError> {
    let mut addresses = Vec::new();
    each_value(text, &mut |node| {
        addresses_of(&node, document_id, &mut addresses)
    })
    .map_err(|unfit| {
        ParseAddressError(format!(
            "at byte {}: expected {}, found {}",
            unfit.offset, unfit.expected, unfit.found
        ))
    })?;
    let mut seen = std::collections::BTreeSet::new();
    addresses.retain(|address| seen.insert(address.clone()));
    Ok(addresses)
}

/// Calls `each` with every value in `text`, until one is unfit.
fn each_value(
    text: &str,
    each: &mut dyn FnMut(Node<'_>) -> Result<(), Unfit>,
) -> Result<(), Unfit> {
    let whole = IonText {
        text: text.to_owned(),
        offset: 0,
    };
    evidence::checked(&whole, &Limits::default()).map_err(|flaw| Unfit {
        offset: flaw.offset,
        expected: "whole values of Ion text or JSON".to_owned(),
        found: format!("{:?}", flaw.kind),
        limit: None,
    })?;
    let mut outcome = Ok(());
    let refused = read_values(&Piece::of_one(whole.text.into_bytes(), 0), |node| {
        if outcome.is_ok() {
            outcome = each(node);
        }
    });
    match refused.into_iter().next() {
        Some(unfit) => Err(unfit),
        None => outcome,
    }
}

fn addresses_of(
    node: &Node<'_>,
    document_id: Option<&str>,
    addresses: &mut Vec<BlockAddress>,
) -> Result<(), Unfit> {
    match node.ion_type() {
        IonType::List => {
            let items = node.items()?;
            let mut each = items.iter();
            return each.try_for_each(|item| addresses_of(item, document_id, addresses));
        }
        IonType::String => return within(node, addresses),
        _ => {}
    }
    let envelope = Envelope::open(*node)?;
    if let Some(text) = envelope.get("IonText") {
        return within(&text, addresses);
    }
    let Some(address) = envelope.get("blockAddress") else {
        addresses.push(RecordedAddress::read(node)?.address);
        return Ok(());
    };
    if let (Some(wanted), Some(metadata)) = (document_id, envelope.get("metadata")) {
        if Envelope::open(metadata)?.require("id")?.text()? != wanted {
            return Ok(());
        }
    }
    addresses.push(RecordedAddress::read(&address)?.address);
    Ok(())
}

/// An address in a string.
fn within(node: &Node<'_>, addresses: &mut Vec<BlockAddress>) -> Result<(), Unfit> {
    let before = addresses.len();
    each_value(&node.text()?, &mut |inner| {
        addresses.push(RecordedAddress::read(&inner)?.address);
        Ok(())
    })?;
    match addresses.len() - before {
        1 => Ok(()),
        count => Err(node.unfit_as("one address in the string", count.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StrandId;

    fn five() -> BlockAddress {
        BlockAddress::new(StrandId::new("bM2c3VwkJB0gGgHONb2HCp"), 5)
    }

    #[test]
    fn an_address_is_read_in_every_spelling() {
        for text in [
            r#"{strandId:"bM2c3VwkJB0gGgHONb2HCp",sequenceNo:5}"#,
            r#" { 'sequenceNo' : 0x5, "strandId": '''bM2c3V''' '''wkJB0gGgHONb2HCp''' } "#,
            r#"{"IonText":"{strandId:\"bM2c3VwkJB0gGgHONb2HCp\",sequenceNo:5}"}"#,
            r#""{strandId:\"bM2c3VwkJB0gGgHONb2HCp\",sequenceNo:5}""#,
            r#"{"strandId":"bM2c3VwkJB0gGgHONb2HCp","sequenceNo":5}"#,
        ] {
            assert_eq!(text.parse(), Ok(five()), "{text}");
        }
        for id in ["bM2c3VwkJB0gGgHONb2HCp", "\"},\\{\u{1}\u{2028}ü"] {
            let address = BlockAddress::new(StrandId::new(id), 5);
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }

    #[test]
    fn anything_else_is_an_error_and_no_panic() {
        let deep = "[".repeat(100_000);
        let two = "{strandId:\"a\",sequenceNo:5} {strandId:\"b\",sequenceNo:5}";
        for text in [
            "",
            "5",
            "null",
            "null.struct",
            "null.list",
            "null.string",
            "{}",
            r#"{strandId:"a"}"#,
            r#"{strandId:"a",sequenceNo:-1}"#,
            r#"{strandId:"a",sequenceNo:1.5}"#,
            r#"{strandId:a,sequenceNo:{}}"#,
            r#"{strandId:"a",sequenceNo:5"#,
            r#"{IonText:"{IonText:\"{}\"}"}"#,
            r#"{IonText:""}"#,
            two,
            &deep,
        ] {
            assert!(text.parse::<BlockAddress>().is_err(), "{text:.60}");
        }
    }

    #[test]
    fn a_history_gives_the_addresses_of_its_document() {
        let row = |id: &str, number: u64| {
            format!(
                r#"{{blockAddress:{{strandId:"s",sequenceNo:{number}}},hash:{{{{}}}},data:{{}},metadata:{{id:"{id}"}}}}"#
            )
        };
        let numbers = |text: &str| {
            let all = BlockAddress::all_in(text, Some("d")).unwrap();
            all.iter().map(|one| one.sequence_no).collect::<Vec<_>>()
        };
        let rows = format!("{}\n{}\n{}", row("d", 3), row("other", 4), row("d", 9));
        assert_eq!(numbers(&rows), [3, 9]);
        let list = format!("[{},{},{}]", row("d", 3), row("d", 9), row("d", 3));
        assert_eq!(numbers(&list), [3, 9]);
        let lines = "{strandId:\"s\",sequenceNo:7}\n{\"strandId\":\"s\",\"sequenceNo\":2}\n";
        assert_eq!(numbers(lines), [7, 2]);
    }
}
