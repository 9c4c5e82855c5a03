//! An id that counts how often it is compared or hashed, for tests of how work grows.

use std::borrow::Borrow;
use std::cmp;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use smol_str::SmolStr;

/// What ids that are counted begin with: those of other tests, which run at the same time,
/// are not.
pub(crate) const COUNTED: &str = "counted-";

static LOOKS: AtomicU64 = AtomicU64::new(0);

/// How often `work` looks at ids.
pub(crate) fn looks(work: impl FnOnce()) -> u64 {
    let before = LOOKS.load(Ordering::Relaxed);
    work();
    LOOKS.load(Ordering::Relaxed) - before
}

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Id(SmolStr);

impl Id {
    fn look(&self) {
        let counted = self.0.starts_with(COUNTED);
        LOOKS.fetch_add(counted.into(), Ordering::Relaxed);
    }

    pub(crate) fn as_str(&self) -> &str {
        self.look();
        &self.0
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Id) -> bool {
        self.look();
        self.0 == other.0
    }
}

impl Eq for Id {}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Id) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Id) -> cmp::Ordering {
        self.look();
        self.0.cmp(&other.0)
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.look();
        self.0.hash(state);
    }
}

impl Deref for Id {
    type Target = str;

    // Whoever compares ids as text looks at them, too.
    fn deref(&self) -> &str {
        self.look();
        &self.0
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        self.look();
        &self.0
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.0.into()
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Id {
        Id(text.into())
    }
}

impl From<std::borrow::Cow<'_, str>> for Id {
    fn from(text: std::borrow::Cow<'_, str>) -> Id {
        Id(text.into())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Id {
        Id(text.into())
    }
}
