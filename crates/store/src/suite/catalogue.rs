//! Documents.

use super::sample::commit;
use crate::{Kind, Store, Write};

fn put(kind: Kind, key: &str, body: &[u8]) -> Write {
    Write::PutDocument { kind, key: key.to_owned(), body: body.to_vec() }
}

fn keys(found: Vec<(String, Vec<u8>)>) -> Vec<String> {
    found.into_iter().map(|(key, _)| key).collect()
}

pub(super) fn documents_are_put_replaced_and_deleted(store: &dyn Store) {
    for kind in Kind::ALL {
        commit(store, &[put(kind, "a", &[kind.code()])]);
    }
    for kind in Kind::ALL {
        assert_eq!(store.document(kind, "a").unwrap(), Some(vec![kind.code()]));
    }
    commit(store, &[put(Kind::Alias, "a", b"new")]);
    assert_eq!(store.document(Kind::Alias, "a").unwrap(), Some(b"new".to_vec()));
    let delete = |key: &str| Write::DeleteDocument { kind: Kind::Alias, key: key.to_owned() };
    commit(store, &[delete("a"), delete("never there")]);
    assert_eq!(store.document(Kind::Alias, "a").unwrap(), None);
    assert_eq!(store.document(Kind::Version, "a").unwrap(), Some(vec![Kind::Version.code()]));
}

pub(super) fn documents_are_paged_by_the_bytes_of_their_keys(store: &dyn Store) {
    let sorted = ["", "A", "a", "a/1", "a/10", "a/2", "a0", "b", "é", "\u{ffff}", "😀"];
    let writes: Vec<_> = sorted.iter().rev().map(|key| put(Kind::Tags, key, b"")).collect();
    commit(store, &writes);
    commit(store, &[put(Kind::Meta, "a/3", b"")]);
    assert_eq!(keys(store.documents(Kind::Tags).unwrap()), sorted);
    let page = |after: Option<&str>, prefix: &str, limit: usize| {
        keys(store.documents_from(Kind::Tags, after, prefix, limit).unwrap())
    };
    assert_eq!(page(None, "a/", 10), ["a/1", "a/10", "a/2"]);
    assert_eq!(page(None, "a/", 2), ["a/1", "a/10"]);
    assert_eq!(page(Some("a/10"), "a/", 2), ["a/2"]);
    assert_eq!(page(Some("a/2"), "a/", 2), [""; 0]);
    assert_eq!(page(Some("A"), "a/", 1), ["a/1"]);
    assert_eq!(page(Some("z"), "a/", 9), [""; 0]);
    assert_eq!(page(Some("b"), "", 2), ["é", "\u{ffff}"]);
    assert_eq!(page(Some(""), "", 1), ["A"]);
    assert_eq!(page(None, "", 0), [""; 0]);
    assert_eq!(page(None, "😀", usize::MAX), ["😀"]);
}

pub(super) fn large_and_empty_documents_come_back_as_they_were(store: &dyn Store) {
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    commit(store, &[put(Kind::Revision, "large", &large), put(Kind::Revision, "empty", b"")]);
    assert!(store.document(Kind::Revision, "large").unwrap() == Some(large));
    assert_eq!(store.document(Kind::Revision, "empty").unwrap(), Some(Vec::new()));
    assert!(store.size_bytes().unwrap() >= 3_000_000);
}
