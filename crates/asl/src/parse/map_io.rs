//! What a Distributed Map reads, batches and writes: `ItemReader`, `ItemBatcher`, `ResultWriter`.

use smol_str::SmolStr;
use value::Value;
use value::json::{Node, NodeKind};

use crate::checker::opening;
use crate::expression::StatesAccess;
use crate::fields::{ITEM_BATCHER, ITEM_READER, READER_CONFIG, RESULT_WRITER, WRITER_CONFIG};
use crate::limits::BATCH_BYTES_MAX;
use crate::location::Location;
use crate::parse::StateParser;
use crate::parse::scalars::Bounds;
use crate::program::{ItemBatcher, ItemReader, ResultWriter, Template};

/// Enumerated fields of `ReaderConfig` (developer guide, ItemReader).
const READER_VALUES: &[(&str, &[&str])] = &[
    ("InputType", &["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"]),
    ("Transformation", &["NONE", "LOAD_AND_FLATTEN"]),
    ("ManifestType", &["S3_INVENTORY", "ATHENA_DATA"]),
    ("CSVDelimiter", &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
    ("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]),
];

/// Of which an `ItemBatcher` must have one (developer guide, ItemBatcher).
const BATCH_LIMITS: &[&str] = &[
    "MaxItemsPerBatch",
    "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatch",
    "MaxInputBytesPerBatchPath",
];

impl StateParser<'_, '_> {
    /// `ItemReader`; the outer `None` is a fault.
    pub(crate) fn item_reader(&mut self, node: &Node, at: &Location) -> Option<Option<ItemReader>> {
        let Some(member) = node.get("ItemReader") else { return Some(None) };
        let at = at.field("ItemReader");
        let node = &member.value;
        if !self.checker.shape(node, &at, &member.key_span, &ITEM_READER, Some(self.language)) {
            return None;
        }
        let resource = self.s3_resource(node, &at, &["s3:getObject", "s3:listObjectsV2"]);
        let parameters = self.io_parameters(node, &at);
        let reader_config = self.reader_config(node, &at);
        Some(Some(ItemReader {
            resource: resource??,
            parameters: parameters?,
            reader_config: reader_config?,
        }))
    }

    /// `Parameters` or `Arguments`.
    fn io_parameters(&mut self, node: &Node, at: &Location) -> Option<Option<Template>> {
        let name = if self.is_jsonata() { "Arguments" } else { "Parameters" };
        self.template_field(node, at, name, StatesAccess::default())
    }

    /// The `Resource` of a reader or writer, one of the S3 actions that are valid only there.
    fn s3_resource(
        &mut self,
        node: &Node,
        at: &Location,
        actions: &[&str],
    ) -> Option<Option<SmolStr>> {
        let Some(member) = node.get("Resource") else { return Some(None) };
        let at = at.field("Resource");
        let text = self.checker.string(&member.value, &at)?;
        let named = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":states:::"));
        let allowed = named.is_some_and(|(_, action)| actions.contains(&action));
        if !allowed && !self.checker.is_placeholder(&member.value) {
            let message = "The field 'Resource' does not match any of the allowed values";
            let list: Vec<String> =
                actions.iter().map(|action| format!("arn:aws:states:::{action}")).collect();
            let help = format!("it can be {}", list.join(" or "));
            self.checker.fault_with_help(&member.value.span, &at, message, Some(help));
            return None;
        }
        Some(Some(text.into()))
    }

    fn reader_config(&mut self, node: &Node, at: &Location) -> Option<Option<Template>> {
        let Some(member) = node.get("ReaderConfig") else { return Some(None) };
        let at = at.field("ReaderConfig");
        let node = &member.value;
        if !self.checker.shape(node, &at, &member.key_span, &READER_CONFIG, Some(self.language)) {
            return None;
        }
        let mut fine = self.csv_fields(node, &at);
        for (name, values) in READER_VALUES {
            if let Some(member) = node.get(name) {
                let at = at.field(name);
                fine &= match self.jsonata_value(&member.value, &at) {
                    Some(None) => self.checker.one_of(&member.value, &at, values).is_some(),
                    expression => expression.is_some(),
                };
            }
        }
        let max_items = self.integer_field(node, &at, "MaxItems", None, Bounds::from(0));
        let max_items_path = self.path_field(node, &at, "MaxItemsPath");
        max_items?;
        if !fine {
            return None;
        }
        // In JSONPath nothing but `MaxItemsPath` is evaluated here.
        let template = match self.is_jsonata() {
            true => self.template(node, &at, StatesAccess::default())?,
            false => Template::Literal(node.to_value()),
        };
        Some(Some(with_path(template, node, max_items_path?)))
    }

    /// Which fields go with CSV, as far as they are literal.
    fn csv_fields(&mut self, node: &Node, at: &Location) -> bool {
        let text = |name| node.get(name).and_then(|member| member.value.as_str());
        let csv = text("InputType") == Some("CSV");
        if csv && node.get("CSVHeaderLocation").is_none() && node.get("ManifestType").is_none() {
            let message = "The field 'CSVHeaderLocation' is required";
            self.checker.fault(&opening(node), at, message);
            return false;
        }
        if text("CSVHeaderLocation") == Some("GIVEN") && node.get("CSVHeaders").is_none() {
            self.checker.fault(&opening(node), at, "These fields are required: [CSVHeaders]");
            return false;
        }
        let other = matches!(text("InputType"), Some("JSON" | "JSONL" | "PARQUET"));
        if other && let Some(member) = node.get("CSVHeaderLocation") {
            let message = "Field 'CSVHeaderLocation' is not supported";
            self.checker.fault(&member.key_span, at, message);
            return false;
        }
        match node.get("CSVHeaders") {
            Some(headers) if text("CSVHeaders").is_none() => {
                let at = at.field("CSVHeaders");
                self.checker.items(&headers.value, &at).is_some()
            }
            _ => true,
        }
    }

    /// `ItemBatcher`; the outer `None` is a fault.
    pub(crate) fn item_batcher(
        &mut self,
        node: &Node,
        at: &Location,
    ) -> Option<Option<ItemBatcher>> {
        let Some(member) = node.get("ItemBatcher") else { return Some(None) };
        let at = at.field("ItemBatcher");
        let node = &member.value;
        if !self.checker.shape(node, &at, &member.key_span, &ITEM_BATCHER, Some(self.language)) {
            return None;
        }
        let (name, path) = ("MaxItemsPerBatch", "MaxItemsPerBatchPath");
        let items = self.integer_field(node, &at, name, Some(path), Bounds::from(1));
        let (name, path) = ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath");
        let bytes = Bounds::between(1, BATCH_BYTES_MAX);
        let bytes = self.integer_field(node, &at, name, Some(path), bytes);
        let batch_input = self.template_field(node, &at, "BatchInput", StatesAccess::default());
        let batcher = ItemBatcher {
            max_items_per_batch: items?,
            max_input_bytes_per_batch: bytes?,
            batch_input: batch_input?,
        };
        if !BATCH_LIMITS.iter().any(|name| node.get(name).is_some()) {
            let list = BATCH_LIMITS.join(", ");
            let message =
                format!("The object must have at least one of the following fields: [{list}]");
            self.checker.fault(&member.key_span, &at, message);
        }
        Some(Some(batcher))
    }

    /// `ResultWriter`, which may be empty (measured); the outer `None` is a fault.
    pub(crate) fn result_writer(
        &mut self,
        node: &Node,
        at: &Location,
    ) -> Option<Option<ResultWriter>> {
        let Some(member) = node.get("ResultWriter") else { return Some(None) };
        let at = at.field("ResultWriter");
        let node = &member.value;
        if !self.checker.shape(node, &at, &member.key_span, &RESULT_WRITER, Some(self.language)) {
            return None;
        }
        let resource = self.s3_resource(node, &at, &["s3:putObject"]);
        let parameters = self.io_parameters(node, &at);
        let config = node.get("WriterConfig");
        let (mut transformation, mut output_type) = (Some(None), Some(None));
        if let Some(config) = config {
            let at = at.field("WriterConfig");
            let anchor = &config.key_span;
            if !self.checker.shape(&config.value, &at, anchor, &WRITER_CONFIG, None) {
                return None;
            }
            let values = &["NONE", "COMPACT", "FLATTEN"];
            transformation = self.config_value(&config.value, &at, "Transformation", values);
            output_type = self.config_value(&config.value, &at, "OutputType", &["JSON", "JSONL"]);
        }
        Some(Some(ResultWriter {
            resource: resource?,
            parameters: parameters?,
            transformation: transformation?,
            output_type: output_type?,
            has_config: config.is_some(),
        }))
    }

    fn config_value(
        &mut self,
        node: &Node,
        at: &Location,
        name: &str,
        values: &'static [&'static str],
    ) -> Option<Option<SmolStr>> {
        let Some(member) = node.get(name) else { return Some(None) };
        let value = self.checker.one_of(&member.value, &at.field(name), values)?;
        Some(Some(value.into()))
    }
}

/// Puts the path of `MaxItemsPath` where the template has its text.
fn with_path(
    template: Template,
    node: &Node,
    path: Option<crate::program::Expression>,
) -> Template {
    let (Some(path), NodeKind::Object(members)) = (path, &node.kind) else { return template };
    let mut path = Some(path);
    let mut parts: Vec<(SmolStr, Template)> = Vec::with_capacity(members.len());
    for member in members {
        let part = match path.take_if(|path| path.field == member.key) {
            Some(path) => Template::Expression(Box::new(path)),
            None => Template::Literal(literal_of(&template, &member.key)),
        };
        parts.push((member.key.clone(), part));
    }
    Template::Object(parts)
}

/// The member of a literal template; a JSONPath `ReaderConfig` has no other parts.
fn literal_of(template: &Template, key: &str) -> Value {
    match template {
        Template::Literal(value) => value.get(key).cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}
