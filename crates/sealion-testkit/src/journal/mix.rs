//! What documents a journal holds.

use crate::block::{fields, list};
use crate::ion::value;
use crate::time::timestamp;
use crate::Rng;
use ion_rs::{Decimal, Element, Struct, Symbol, Value};

/// A mix of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Ion values of every kind, up to four levels deep, several revisions a block.
    Mixed,
    /// Small flat documents, like the vehicle registrations of the service's tutorial.
    Vehicle,
    /// Documents of about 100 kB of text, one a block.
    Large,
    /// Blocks as small as they come, with one-field documents.
    Tiny,
    /// Documents nested up to 60 levels deep.
    Deep,
}

impl Mix {
    /// All mixes.
    pub const ALL: [Self; 5] = [
        Self::Mixed,
        Self::Vehicle,
        Self::Large,
        Self::Tiny,
        Self::Deep,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Vehicle => "vehicle",
            Self::Large => "large",
            Self::Tiny => "tiny",
            Self::Deep => "deep",
        }
    }

    /// The mix of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mix| mix.name() == name)
    }

    /// At most so many statements a transaction.
    pub(super) fn statements_max(self) -> u64 {
        match self {
            Self::Mixed | Self::Vehicle => 4,
            Self::Deep => 2,
            Self::Large | Self::Tiny => 1,
        }
    }

    /// At most so many entries that nothing explains in a block.
    pub(super) fn internal_entries_max(self) -> u64 {
        match self {
            Self::Mixed => 9,
            Self::Vehicle | Self::Deep | Self::Large => 2,
            Self::Tiny => 1,
        }
    }

    /// A random document.
    pub(super) fn document(self, rng: &mut Rng) -> Element {
        match self {
            Self::Mixed => value::document(rng, 8, 4),
            Self::Vehicle => vehicle(rng),
            Self::Large => large(rng),
            Self::Tiny => fields([("n", Element::int(rng.below(1_000_000)))]),
            Self::Deep => deep(rng),
        }
    }
}

/// Some time in the years 2000 to 2019.
fn some_time(rng: &mut Rng) -> u64 {
    946_684_800_000 + rng.below(20 * 365 * 86_400_000)
}

fn string(text: impl Into<String>) -> Element {
    Element::string(text.into())
}

fn vehicle(rng: &mut Rng) -> Element {
    let kinds = ["Sedan", "Van", "Truck", "Semi", "Motorcycle", "Trailer"];
    let makes = [
        "Northway", "Calder", "Ostrava", "Pellworm", "Tamar", "Quillon",
    ];
    let colours = ["Green", "White", "Oxide Red", "Graphite", "Silver"];
    let first = timestamp(some_time(rng));
    let day = ion_rs::Timestamp::with_ymd(first.year(), first.month(), first.day()).build();
    let day = day.expect("the day of a timestamp is a day");
    let plate = format!("{}-{:04}", &rng.id()[..3].to_uppercase(), rng.below(10_000));
    fields([
        ("VIN", string(&rng.id()[..17])),
        ("LicensePlateNumber", string(plate)),
        ("Type", string(rng.pick(&kinds))),
        ("Year", Element::int(rng.range(1984, 2024))),
        ("Make", string(rng.pick(&makes))),
        ("Color", string(rng.pick(&colours))),
        (
            "PendingPenaltyTicketAmount",
            Element::decimal(Decimal::new(rng.below(50_000), -2)),
        ),
        ("ValidFromDate", Element::timestamp(day)),
        ("City", string(value::words(rng, 2))),
        (
            "Owners",
            fields([("PrimaryOwner", fields([("PersonId", string(rng.id()))]))]),
        ),
    ])
}

/// A bill of some 500 items of about 200 bytes each.
fn large(rng: &mut Rng) -> Element {
    let items = rng.range(400, 600);
    let items = (0..items).map(|number| {
        fields([
            ("Item", Element::int(number)),
            ("Sku", Element::symbol(&rng.id()[..9])),
            ("Description", string(value::words(rng, 14))),
            (
                "Price",
                Element::decimal(Decimal::new(rng.below(1_000_000), -2)),
            ),
            ("Weight", Element::float(rng.below(4_000) as f64 / 16.0)),
            ("At", Element::timestamp(timestamp(some_time(rng)))),
        ])
    });
    let items = list(items.collect::<Vec<_>>());
    fields([
        ("Order", string(rng.id())),
        ("Items", items),
        ("Seal", Element::blob(rng.bytes(3_000))),
    ])
}

/// Containers in containers; each level holds a leaf beside the next.
fn deep(rng: &mut Rng) -> Element {
    let levels = rng.range(1, 58);
    let mut inner = value::value(rng, 0);
    for _ in 0..levels {
        let beside = value::value(rng, 0);
        inner = match rng.below(3) {
            0 => Element::from(Value::List(vec![beside, inner].into())),
            1 => Element::from(Value::SExp(vec![inner, beside].into())),
            _ => {
                let names = ["down", "beside"].map(Symbol::static_text);
                Element::from(Struct::from_iter(names.into_iter().zip([inner, beside])))
            }
        };
    }
    fields([("top", inner)])
}
