//! The shards of a stream.

use std::collections::HashSet;
use std::io;

use aws_sdk_kinesis::types::Shard;
use sealion_aws::Connection;

use crate::client::{bad, Client};

/// Pages of a list of shards, far more than a stream has.
const PAGES_MAX: usize = 1000;

/// All shards that still hold records, or may, with the ids of their parents, in pages of up to 1,000.
/// `listed` is told after each page how many there are.
pub(crate) fn shards(
    connection: &Connection,
    client: &Client,
    mut listed: impl FnMut(usize),
) -> io::Result<Vec<String>> {
    let mut shards = Vec::new();
    let mut ids = HashSet::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let (client, asked) = (client.clone(), token.clone());
        let page = connection.spawn(async move { client.shards(asked).await });
        let page = page.wait()??;
        let found = page.shards.ok_or_else(|| bad("Shards", "none"))?;
        for shard in found {
            if !ids.insert(shard.shard_id.clone()) {
                let found = format!("{:?} again", shard.shard_id);
                return Err(bad("each shard once", found));
            }
            shards.push(shard);
        }
        listed(shards.len());
        if page.next_token.is_none() && shards.is_empty() {
            return Err(bad("a shard, as every stream has one", "none"));
        }
        if page.next_token.is_none() {
            return Ok(parents_first(shards));
        }
        if page.next_token == token {
            let found = "the one that this page was asked for with";
            return Err(bad("another NextToken", found));
        }
        token = page.next_token;
    }
    Err(bad("a last page", format!("more than {PAGES_MAX}")))
}

/// The ids, none before those of the shards that it was split or merged from.
fn parents_first(mut shards: Vec<Shard>) -> Vec<String> {
    // Kinesis numbers them as they come, so one pass is the rule.
    shards.sort_unstable_by(|a, b| a.shard_id.cmp(&b.shard_id));
    shards.dedup_by(|a, b| a.shard_id == b.shard_id);
    let mut waiting: HashSet<String> = shards.iter().map(|shard| shard.shard_id.clone()).collect();
    let mut ordered = Vec::with_capacity(shards.len());
    while !shards.is_empty() {
        let before = shards.len();
        shards.retain(|shard| {
            let parents = [&shard.parent_shard_id, &shard.adjacent_parent_shard_id];
            // A parent whose records are all gone is not listed any more.
            if parents.into_iter().flatten().any(|id| waiting.contains(id)) {
                return true;
            }
            waiting.remove(&shard.shard_id);
            ordered.push(shard.shard_id.clone());
            false
        });
        if shards.len() == before {
            // Each waits for another, which no stream does: the order helps, but nothing rests on it.
            ordered.extend(shards.drain(..).map(|shard| shard.shard_id));
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(shards: &[(&str, &[&str])]) -> Vec<String> {
        let shard = |(id, parents): &(&str, &[&str])| {
            Shard::builder()
                .shard_id(*id)
                .set_parent_shard_id(parents.first().map(|id| (*id).to_owned()))
                .set_adjacent_parent_shard_id(parents.get(1).map(|id| (*id).to_owned()))
                .build()
                .unwrap()
        };
        parents_first(shards.iter().map(shard).collect())
    }

    #[test]
    fn parents_stand_before_children_and_none_is_lost() {
        let split = [
            ("b", &["z"][..]),
            ("a", &["z"]),
            ("z", &["gone"]),
            ("c", &["a", "b"]),
        ];
        assert_eq!(ordered(&split), ["z", "a", "b", "c"]);
        let round = [("b", &["a"][..]), ("a", &["b"]), ("c", &[])];
        assert_eq!(ordered(&round), ["c", "a", "b"]);
        assert_eq!(ordered(&[]), [""; 0]);
    }
}
