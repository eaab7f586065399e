//! What a tested Map would give its iterations: the items after `ItemSelector` and `ItemBatcher`.

use asl::program::{ItemBatcher, Map, MapMode};
use value::{Object, Payload, Value};

use super::map::selected;
use crate::data::Scope;
use crate::error::StateError;
use crate::frame::FrameId;
use crate::map_scope::{self, Batching, MapItem};
use crate::turn::Turn;

/// `Map.Item.Source` of items that no `ItemReader` read.
const STATE_DATA: &str = "STATE_DATA";

/// Notes what the iterations of the Map would get, of which none will run.
pub(crate) fn inspect(
    turn: &mut Turn<'_>,
    id: FrameId,
    map: &Map,
    input: &Payload,
    items: &Payload,
) -> Result<(), StateError> {
    let mut given = Vec::new();
    for item in map_items(items.value()) {
        given.push(match map.mode {
            MapMode::Inline => {
                selected(turn, id, map, input, item.index, item.value)?.value().clone()
            }
            MapMode::Distributed { .. } => {
                let mut scope = Scope::new(turn.execution, id, input, turn.now);
                let selector = map.item_selector.as_ref();
                map_scope::selected(selector, item, STATE_DATA, &mut scope, turn.host)?
            }
        });
    }
    if map.item_selector.is_some() {
        turn.inspect(|inspection| inspection.map.selected = Some(given.clone()));
    }
    if let Some(batcher) = &map.item_batcher {
        let batches = batches(turn, id, batcher, input, given)?;
        turn.inspect(|inspection| inspection.map.batches = Some(batches));
    }
    Ok(())
}

fn map_items(items: &Value) -> Vec<MapItem> {
    let item = |index: usize, key, value: &Value| MapItem {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        key,
        value: value.clone(),
    };
    match items {
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| item(at, None, value)).collect()
        }
        Value::Object(entries) => {
            let entries = entries.iter().enumerate();
            entries.map(|(at, (key, value))| item(at, Some(key.clone()), value)).collect()
        }
        _ => Vec::new(),
    }
}

fn batches(
    turn: &mut Turn<'_>,
    id: FrameId,
    batcher: &ItemBatcher,
    input: &Payload,
    items: Vec<Value>,
) -> Result<Vec<Value>, StateError> {
    let scope = Scope::new(turn.execution, id, input, turn.now);
    let batching = map_scope::batching(batcher, &scope, turn.host)?;
    let mut batches = Vec::new();
    let (mut held, mut bytes) = (Vec::new(), 0);
    for item in items {
        let size = item.to_json().len();
        let is_full = held.len() >= batching.most_items || bytes + size > batching.most_bytes;
        if is_full && !held.is_empty() {
            batches.push(batch(&batching, std::mem::take(&mut held)));
            bytes = 0;
        }
        bytes += size;
        held.push(item);
    }
    if !held.is_empty() {
        batches.push(batch(&batching, held));
    }
    Ok(batches)
}

fn batch(batching: &Batching, items: Vec<Value>) -> Value {
    let mut batch = Object::with_capacity(2);
    if let Some(input) = &batching.input {
        batch.insert("BatchInput", input.clone());
    }
    batch.insert("Items", Value::array(items));
    batch.into()
}
