//! `MapScope`: the fields of a distributed Map that its run needs, evaluated where the state stands.

use asl::Program;
use asl::program::{Field, ItemBatcher, Map, StateId, StateKind, Template};
use smol_str::SmolStr;
use value::{Object, Payload, Timestamp, Value};

use crate::data::{self, Scope};
use crate::error::StateError;
use crate::event::Failure;
use crate::execution::{Execution, Host, StartMapRun, TaskRef};
use crate::frame::{Doing, FrameId};

/// A distributed Map as its run sees it: the state, and what its expressions may refer to. A copy
/// of the execution as it stood when the state began, for the state does not change until the run
/// has ended.
#[derive(Clone, Debug)]
pub struct MapScope {
    execution: Execution,
    frame: FrameId,
    state: StateId,
    input: Payload,
}

/// `ItemBatcher`, evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Batching {
    /// `MaxItemsPerBatch`; `usize::MAX` without one.
    pub most_items: usize,
    /// `MaxInputBytesPerBatch`; `usize::MAX` without one.
    pub most_bytes: usize,
    /// `BatchInput`.
    pub input: Option<Value>,
}

/// An item of a Map Run before `ItemSelector`.
#[derive(Clone, Debug, PartialEq)]
pub struct MapItem {
    /// `Map.Item.Index`
    pub index: u32,
    /// `Map.Item.Key`, if the items are the members of an object.
    pub key: Option<SmolStr>,
    /// `Map.Item.Value`
    pub value: Value,
}

/// `ItemReader`, evaluated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reader {
    /// `Parameters` or `Arguments`.
    pub parameters: Value,
    /// `ReaderConfig`, with `MaxItemsPath` replaced by the `MaxItems` that it leads to.
    pub config: Value,
}

impl Execution {
    /// The runs of distributed Maps that are out, as they were started. For recovery.
    pub fn map_runs(&self) -> Vec<StartMapRun> {
        if self.outcome.is_some() {
            return Vec::new();
        }
        let frames = self.frames.iter();
        let runs = frames.filter_map(|(id, frame)| match &frame.doing {
            Doing::Map(run) => {
                let open = run.open_run()?;
                Some(StartMapRun {
                    task: TaskRef { frame: id, attempt: frame.prev },
                    state: frame.state,
                    map_run: open.arn.clone(),
                    start: run.start.clone(),
                    input: frame.input.clone(),
                    redrive_count: open.redrives,
                })
            }
            _ => None,
        });
        runs.collect()
    }

    /// Where the fields of the Map state of `run` are evaluated.
    pub fn map_scope(&self, run: &StartMapRun, now: Timestamp) -> Result<MapScope, Failure> {
        let (frame, state) = (run.task.frame, run.state);
        let raw = self.frames.get(frame).map_or(&run.input, |frame| &frame.input);
        let scope = Scope::new(self, frame, raw, now);
        let flow = &self.program.state(state).flow;
        let input = data::in_out_path(&flow.input_path, raw, &scope)
            .map_err(|error| self.told(frame, state, &error))?;
        Ok(MapScope { execution: self.clone(), frame, state, input })
    }

    fn told(&self, frame: FrameId, state: StateId, error: &StateError) -> Failure {
        let entered = self.frames.get(frame).map_or(0, |frame| frame.entered);
        error.failure(self.program.state(state), entered)
    }
}

impl MapScope {
    /// The Map state's own fields.
    pub fn map(&self) -> Option<&Map> {
        match &self.execution.program.state(self.state).kind {
            StateKind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The program of which the Map is a part.
    pub fn program(&self) -> &std::sync::Arc<Program> {
        &self.execution.program
    }

    /// The item, or what `ItemSelector` makes of it. `source`: `Map.Item.Source`.
    ///
    /// # Errors
    /// `ItemSelector` cannot be evaluated.
    pub fn selected(
        &self,
        item: MapItem,
        source: &str,
        now: Timestamp,
        host: &mut dyn Host,
    ) -> Result<Value, Failure> {
        let selector = self.map().and_then(|map| map.item_selector.as_ref());
        let selected = selected(selector, item, source, &mut self.scope(now), host);
        selected.map_err(|error| self.told(&error))
    }

    /// `ItemBatcher`, if there is one.
    ///
    /// # Errors
    /// A field of it cannot be evaluated.
    pub fn batching(
        &self,
        now: Timestamp,
        host: &mut dyn Host,
    ) -> Result<Option<Batching>, Failure> {
        let Some(batcher) = self.map().and_then(|map| map.item_batcher.as_ref()) else {
            return Ok(None);
        };
        let batching = batching(batcher, &self.scope(now), host);
        batching.map(Some).map_err(|error| self.told(&error))
    }

    /// `ItemReader`, if there is one.
    ///
    /// # Errors
    /// A field of it cannot be evaluated.
    pub fn reader(&self, now: Timestamp, host: &mut dyn Host) -> Result<Option<Reader>, Failure> {
        let Some(map) = self.map().filter(|map| map.item_reader.is_some()) else {
            return Ok(None);
        };
        reader(map, &self.scope(now), host).map(Some).map_err(|error| self.told(&error))
    }

    /// `ResultWriter.Parameters` or `.Arguments`, if given.
    ///
    /// # Errors
    /// They cannot be evaluated.
    pub fn writer(&self, now: Timestamp, host: &mut dyn Host) -> Result<Option<Value>, Failure> {
        let writer = self.map().and_then(|map| map.result_writer.as_ref());
        self.evaluated(writer.and_then(|writer| writer.parameters.as_ref()), now, host)
    }

    /// The state's name.
    pub fn state_name(&self) -> &SmolStr {
        &self.execution.program.state(self.state).name
    }

    /// The error of a Map whose result is too large.
    pub fn result_too_large(&self) -> Failure {
        self.told(&StateError::data_limit(self.state_name()))
    }

    fn evaluated(
        &self,
        template: Option<&Template>,
        now: Timestamp,
        host: &mut dyn Host,
    ) -> Result<Option<Value>, Failure> {
        let scope = self.scope(now);
        let value = template.map(|template| data::template(template, &scope, host)).transpose();
        value.map_err(|error| self.told(&error))
    }

    fn scope(&self, now: Timestamp) -> Scope<'_> {
        Scope::new(&self.execution, self.frame, &self.input, now)
    }

    fn told(&self, error: &StateError) -> Failure {
        self.execution.told(self.frame, self.state, error)
    }
}

/// The label of a distributed Map: its own, or a UUID that follows from the machine and the state,
/// so that the ARNs of a Map's runs and children have one label.
pub fn label(map: &Map, state: StateId, machine_arn: &str) -> SmolStr {
    if let Some(label) = &map.label {
        return label.clone();
    }
    // FNV-1a with its constants for 128 bits.
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in machine_arn.bytes().chain(state.0.to_be_bytes()) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    value::uuid::v4(hash)
}

/// What a child gets of an item when there is no `ItemSelector`.
fn given(item: &MapItem) -> Value {
    match &item.key {
        None => item.value.clone(),
        Some(key) => {
            Value::object([("Key", Value::String(key.clone())), ("Value", item.value.clone())])
        }
    }
}

/// The item, or what `ItemSelector` makes of it.
pub(crate) fn selected(
    selector: Option<&Template>,
    item: MapItem,
    source: &str,
    scope: &mut Scope<'_>,
    host: &mut dyn Host,
) -> Result<Value, StateError> {
    let Some(selector) = selector else { return Ok(given(&item)) };
    let mut part = Object::with_capacity(4);
    part.insert("Index", Value::Int(i64::from(item.index)));
    if let Some(key) = item.key {
        part.insert("Key", Value::String(key));
    }
    part.insert("Value", item.value);
    part.insert("Source", Value::string(source));
    scope.item = Some(Value::object([("Item", Value::from(part))]));
    data::template(selector, scope, host)
}

/// Refuses fields of which the run could make nothing. Recorded: a `MaxItemsPath` that leads to no
/// integer fails the state before the run starts (test_map_item_reader_csv_max_items_paths_1.5).
pub(crate) fn check(map: &Map, scope: &Scope<'_>, host: &mut dyn Host) -> Result<(), StateError> {
    reader(map, scope, host)?;
    if let Some(batcher) = &map.item_batcher {
        batching(batcher, scope, host)?;
    }
    let writer = map.result_writer.as_ref().and_then(|writer| writer.parameters.as_ref());
    writer.map_or(Ok(()), |parameters| data::template(parameters, scope, host).map(drop))
}

/// The fields of `ItemBatcher`.
pub(crate) fn batching(
    batcher: &ItemBatcher,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Batching, StateError> {
    let mut most = |field: &Option<Field<u64>>| match field {
        Some(field) => Ok(usize::try_from(data::integer(field, scope, host)?).unwrap_or(0)),
        None => Ok(usize::MAX),
    };
    let most_items = most(&batcher.max_items_per_batch)?.max(1);
    let most_bytes = most(&batcher.max_input_bytes_per_batch)?;
    let input = batcher.batch_input.as_ref();
    let input = input.map(|input| data::template(input, scope, host)).transpose()?;
    Ok(Batching { most_items, most_bytes, input })
}

/// The fields of `ItemReader`.
pub(crate) fn reader(
    map: &Map,
    scope: &Scope<'_>,
    host: &mut dyn Host,
) -> Result<Reader, StateError> {
    let Some(item_reader) = &map.item_reader else { return Ok(Reader::default()) };
    let mut config = Object::default();
    match &item_reader.reader_config {
        Some(Template::Object(members)) => {
            for (key, member) in members {
                match member {
                    Template::Expression(path) if key == "MaxItemsPath" => {
                        let field = Field::Expression(path.clone());
                        let most = data::integer(&field, scope, host)?;
                        config.insert("MaxItems", Value::Int(most));
                    }
                    member => config.insert(key.clone(), data::template(member, scope, host)?),
                }
            }
        }
        Some(template) => {
            if let Value::Object(object) = data::template(template, scope, host)? {
                config = (*object).clone();
            }
        }
        None => {}
    }
    let parameters = item_reader.parameters.as_ref();
    let parameters = parameters.map(|it| data::template(it, scope, host)).transpose()?;
    Ok(Reader { parameters: parameters.unwrap_or_default(), config: config.into() })
}
