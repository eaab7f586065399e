//! The client tokens of recent redrives, so that a request sent twice is done once.
//!
//! Those of one execution are a document, written in the transaction of the redrive and removed
//! with the execution.

use store::{Kind, Store, Write};
use value::{Timestamp, Value, json};

/// How long a token counts (API reference).
const TOKEN_MS: i64 = 15 * 60 * 1000;
/// How many tokens of an execution count (API reference).
const TOKENS: usize = 10;

fn key(execution: i64) -> String {
    format!("redrive/{execution:019}")
}

/// The date of the redrive of `execution` that `token` did, if that still counts at `now`.
pub(crate) fn date(
    store: &dyn Store,
    execution: i64,
    token: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, store::Error> {
    let tokens = read(store, execution, now)?;
    Ok(tokens.into_iter().find_map(|(known, date)| (known == token).then_some(date)))
}

/// Keeps the token of a redrive that is done at `now`.
pub(crate) fn remember(
    store: &dyn Store,
    execution: i64,
    token: &str,
    now: Timestamp,
) -> Result<Write, store::Error> {
    let mut tokens = read(store, execution, now)?;
    tokens.push((token.to_owned(), now));
    let newest = tokens.split_off(tokens.len().saturating_sub(TOKENS));
    let pairs = newest
        .into_iter()
        .map(|(token, date)| Value::from(vec![Value::from(token), Value::Int(date.0)]));
    let body = Value::from(pairs.collect::<Vec<_>>()).to_json().into_bytes();
    Ok(Write::PutDocument { kind: Kind::Meta, key: key(execution), body })
}

/// Removes the tokens of an execution.
pub(crate) fn forget(execution: i64) -> Write {
    Write::DeleteDocument { kind: Kind::Meta, key: key(execution) }
}

/// The tokens that count at `now`, oldest first.
fn read(
    store: &dyn Store,
    execution: i64,
    now: Timestamp,
) -> Result<Vec<(String, Timestamp)>, store::Error> {
    let Some(body) = store.document(Kind::Meta, &key(execution))? else { return Ok(Vec::new()) };
    let document = std::str::from_utf8(&body).ok().and_then(|text| json::parse(text).ok());
    let pairs = document.as_ref().and_then(Value::as_array);
    let pair = |pair: &Value| {
        let [token, date] = pair.as_array()?.as_slice() else { return None };
        Some((token.as_str()?.to_owned(), Timestamp(date.as_i64()?)))
    };
    let counts = |date: Timestamp| now.0.saturating_sub(date.0) <= TOKEN_MS;
    let pairs = pairs.into_iter().flat_map(|pairs| pairs.iter()).filter_map(pair);
    Ok(pairs.filter(|(_, date)| counts(*date)).collect())
}

#[cfg(test)]
mod tests {
    use store::Memory;

    use super::*;

    #[test]
    fn a_token_counts_for_15_minutes_and_10_redrives() {
        let store = Memory::new();
        for date in 0..11 {
            let write = remember(&store, 1, &format!("t{date}"), Timestamp(date)).unwrap();
            store.commit(&[write]).unwrap();
        }
        store.commit(&[remember(&store, 2, "t0", Timestamp(20)).unwrap()]).unwrap();
        let found = |id, token: &str, now| date(&store, id, token, Timestamp(now)).unwrap();
        assert_eq!(found(1, "t0", 20), None);
        assert_eq!(found(1, "t1", 20), Some(Timestamp(1)));
        assert_eq!(found(2, "t0", 20), Some(Timestamp(20)));
        assert_eq!(found(1, "t5", TOKEN_MS + 6), None);
        assert_eq!(found(1, "t6", TOKEN_MS + 6), Some(Timestamp(6)));
        store.commit(&[forget(2)]).unwrap();
        assert_eq!(found(2, "t0", 20), None);
    }
}
