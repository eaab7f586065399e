//! What a tested Map would give its iterations: the items after `ItemSelector` and `ItemBatcher`.

use asl::program::{Field, ItemBatcher, Map, Template};
use value::{Object, Payload, Value};

use super::map::selected;
use crate::data::{self, Scope};
use crate::error::StateError;
use crate::frame::FrameId;
use crate::turn::Turn;

/// Notes what the iterations of the Map would get, of which none will run.
pub(crate) fn inspect(
    turn: &mut Turn<'_>,
    id: FrameId,
    map: &Map,
    input: &Payload,
    items: &Payload,
) -> Result<(), StateError> {
    let mut given: Vec<Value> = match items.value() {
        Value::Array(items) => items.to_vec(),
        Value::Object(entries) => entries.iter().map(entry).collect(),
        _ => Vec::new(),
    };
    if map.item_selector.is_some() {
        let given_items = given.into_iter().enumerate();
        given = given_items
            .map(|(at, item)| Ok(selected(turn, id, map, input, at as u32, item)?.value().clone()))
            .collect::<Result<_, StateError>>()?;
        turn.inspect(|inspection| inspection.map.selected = Some(given.clone()));
    }
    if let Some(batcher) = &map.item_batcher {
        let batches = batches(turn, id, batcher, input, given)?;
        turn.inspect(|inspection| inspection.map.batches = Some(batches));
    }
    Ok(())
}

/// An entry of an object as an item.
fn entry((key, value): (&smol_str::SmolStr, &Value)) -> Value {
    Value::object([("Key", Value::String(key.clone())), ("Value", value.clone())])
}

fn batches(
    turn: &mut Turn<'_>,
    id: FrameId,
    batcher: &ItemBatcher,
    input: &Payload,
    items: Vec<Value>,
) -> Result<Vec<Value>, StateError> {
    let scope = Scope::new(turn.execution, id, input, turn.now);
    let most_items = most(batcher.max_items_per_batch.as_ref(), &scope, turn.host)?;
    let most_bytes = most(batcher.max_input_bytes_per_batch.as_ref(), &scope, turn.host)?;
    let template = batcher.batch_input.as_ref();
    let evaluate = |template: &Template| data::template(template, &scope, turn.host);
    let batch_input = template.map(evaluate).transpose()?;
    let mut batches = Vec::new();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for item in items {
        let size = item.to_json().len();
        if !batch.is_empty() && (batch.len() >= most_items || bytes + size > most_bytes) {
            batches.push(self::batch(batch_input.as_ref(), std::mem::take(&mut batch)));
            bytes = 0;
        }
        bytes += size;
        batch.push(item);
    }
    if !batch.is_empty() {
        batches.push(self::batch(batch_input.as_ref(), batch));
    }
    Ok(batches)
}

fn most(
    field: Option<&Field<u64>>,
    scope: &Scope<'_>,
    host: &mut dyn crate::Host,
) -> Result<usize, StateError> {
    let Some(field) = field else { return Ok(usize::MAX) };
    let most = data::integer(field, scope, host)?;
    Ok(usize::try_from(most).unwrap_or(0).max(1))
}

fn batch(batch_input: Option<&Value>, items: Vec<Value>) -> Value {
    let mut batch = Object::with_capacity(2);
    if let Some(input) = batch_input {
        batch.insert("BatchInput", input.clone());
    }
    batch.insert("Items", Value::array(items));
    batch.into()
}
